package org.thalweg.zoo;

import java.util.Optional;

/**
 * One of the models of a system that are compared.
 *
 * @param name for example {@code switch}: lower-case letters, digits and '-'
 * @param from the variant whose model of the same seed it starts from, if it does not start from random weights
 * @param steps training steps, for the time that is left
 */
public record Variant(String name, Optional<String> from, long steps) {
    /** A variant that starts from random weights. */
    public Variant(String name, long steps) {
        this(name, Optional.empty(), steps);
    }
}
