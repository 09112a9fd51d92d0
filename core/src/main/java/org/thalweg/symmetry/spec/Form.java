package org.thalweg.symmetry.spec;

import java.util.function.Function;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.YamlPlace;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;

/** What a text in a specification must be, so that it is refused at its own line. */
enum Form {
    /** Anything: the name of a flag, a range, a role. */
    ANY {
        @Override
        void check(String text) { }
    },
    /** A name with variables. */
    NAME {
        @Override
        void check(String text) {
            NamePattern.parse(text);
        }
    },
    /** The start of names: no variables. */
    PREFIX {
        @Override
        void check(String text) {
            if (!NamePattern.parse(text).variables().isEmpty()) {
                throw new WrongUse("the prefix " + Shown.name(text) + " has a variable; write a text without braces.");
            }
        }
    },
    /** A scaling space, after {@code 1/} when it divides. */
    SCALE {
        @Override
        void check(String text) {
            NamePattern.parse(Scale.parse(text).space());
        }
    },
    /** An axis. */
    AXIS {
        @Override
        void check(String text) {
            AxisPattern.parse(text);
        }
    },
    /** A name whose end may be a star. */
    BUFFER {
        @Override
        void check(String text) {
            BufferPattern.parse(text);
        }
    };

    /** Throws {@link WrongUse} when the text is not of this form. */
    abstract void check(String text);

    /** The text, when it is of this form. */
    String checked(YamlPlace place, String text) {
        return parsed(place, text, good -> {
            check(good);
            return good;
        });
    }

    /** What a function makes of a text; its refusals get the place in front. */
    static <T> T parsed(YamlPlace place, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (WrongUse refused) {
            throw new WrongUse(place + ": " + refused.getMessage());
        }
    }
}
