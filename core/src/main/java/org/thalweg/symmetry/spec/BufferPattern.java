package org.thalweg.symmetry.spec;

import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.symmetry.NamePattern;

/**
 * Names of tensors that are passed on unchanged: a pattern, or, with {@code *} at its end, all names that start so.
 *
 * @param start what they start with, when any end will do
 * @param whole what they are, otherwise
 */
record BufferPattern(Optional<String> start, Optional<NamePattern> whole) {
    static final String ANY = "*";

    static BufferPattern parse(String text) {
        if (!text.contains(ANY)) {
            return new BufferPattern(Optional.empty(), Optional.of(NamePattern.parse(text)));
        }
        String start = text.substring(0, text.length() - 1);
        if (!text.endsWith(ANY) || start.isEmpty() || start.matches(".*[*{} ].*")) {
            throw new WrongUse("the name '" + text + "' under 'ignore' in an architecture is malformed; write one * at "
                    + "its end, after a name without variables.");
        }
        return new BufferPattern(Optional.of(start), Optional.empty());
    }

    boolean covers(String name) {
        return start.filter(name::startsWith).isPresent()
                || whole.flatMap(pattern -> pattern.match(name)).isPresent();
    }
}
