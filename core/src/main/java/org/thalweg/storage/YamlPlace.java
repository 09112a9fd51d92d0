package org.thalweg.storage;

import java.util.Optional;
import org.thalweg.failure.WrongUse;

/**
 * Where something stands in a YAML text.
 *
 * @param source what the file is called in messages
 * @param line counted from 1; 0 where the text has no lines that a user knows
 * @param includedAt where the file is included, if it is a fragment of another
 */
public record YamlPlace(String source, int line, Optional<YamlPlace> includedAt) {
    /**
     * A place in a file of its own.
     *
     * @param source what the file is called in messages
     * @param line counted from 1, or 0
     * @return the place
     */
    public static YamlPlace of(String source, int line) {
        return new YamlPlace(source, line, Optional.empty());
    }

    /**
     * The same place in a fragment that is included elsewhere.
     *
     * @param inclusion where
     * @return the place
     */
    public YamlPlace includedAt(YamlPlace inclusion) {
        return new YamlPlace(source, line, Optional.of(inclusion));
    }

    /**
     * A refusal of what stands here.
     *
     * @param what a clause
     * @return to be thrown
     */
    public WrongUse wrong(String what) {
        return new WrongUse(sentence(what));
    }

    /**
     * A sentence about what stands here.
     *
     * @param what a clause
     * @return the sentence
     */
    public String sentence(String what) {
        return this + ": " + what + ".";
    }

    @Override
    public String toString() {
        String here = line < 1 ? source : source + " line " + line;
        return includedAt.map(outer -> outer + " (" + here + ")").orElse(here);
    }
}
