package org.thalweg.symmetry;

import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Scaling;

/**
 * How far powers of two move the exponents of a tensor's numbers, one after another.
 *
 * @param least the most that factors below 1 take away, at most 0
 * @param most the most that factors above 1 add, at least 0
 */
public record Exponents(int least, int most) {
    /** No factor but 1 and −1. */
    static final Exponents NONE = new Exponents(0, 0);

    /** The exponents of scalings, or of their inverses; nothing when a factor is no power of two. */
    static Optional<Exponents> of(Stream<GroupElement> scalings, boolean reciprocal) {
        int least = 0;
        int most = 0;
        for (GroupElement element : (Iterable<GroupElement>) scalings::iterator) {
            for (double factor : ((Scaling) element).factors()) {
                int exponent = Math.getExponent(factor);
                if (Math.abs(factor) != Math.scalb(1.0, exponent)) {
                    return Optional.empty();
                }
                least = Math.min(least, reciprocal ? -exponent : exponent);
                most = Math.max(most, reciprocal ? -exponent : exponent);
            }
        }
        return Optional.of(new Exponents(least, most));
    }

    /** Both, one after the other. */
    Exponents after(Exponents first) {
        return new Exponents(least + first.least, most + first.most);
    }

    /** Either, on different numbers. */
    Exponents or(Exponents other) {
        return new Exponents(Math.min(least, other.least), Math.max(most, other.most));
    }
}
