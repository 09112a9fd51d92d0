package org.thalweg.merging;

import java.util.Optional;

/**
 * A parameter that a method takes.
 *
 * @param name as configuration files spell it
 * @param scope whether each model has its own
 * @param usual its value when none is given; nothing when it must be given
 * @param meaning for people, a clause with the range
 */
public record MergeParameter(String name, Scope scope, Optional<MergeValue> usual, String meaning) {
    /** Whose a parameter is. */
    public enum Scope {
        /** Each model has its own. */
        MODEL,
        /** One for all models. */
        SHARED
    }

    /** A number of all models with a usual value. */
    static MergeParameter shared(String name, double usual, String meaning) {
        return new MergeParameter(name, Scope.SHARED, Optional.of(new MergeValue.Real(usual)), meaning);
    }

    /** Yes or no for all models. */
    static MergeParameter flag(String name, boolean usual, String meaning) {
        return new MergeParameter(name, Scope.SHARED, Optional.of(new MergeValue.Flag(usual)), meaning);
    }

    /** A number that each model has, with a usual value. */
    static MergeParameter ofModel(String name, double usual, String meaning) {
        return new MergeParameter(name, Scope.MODEL, Optional.of(new MergeValue.Real(usual)), meaning);
    }

    /** A number that must be given. */
    static MergeParameter required(String name, Scope scope, String meaning) {
        return new MergeParameter(name, scope, Optional.empty(), meaning);
    }
}
