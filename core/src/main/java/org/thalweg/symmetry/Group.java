package org.thalweg.symmetry;

import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** What may be done to the positions of a space without changing the network's function. */
public sealed interface Group {
    /**
     * All orders of {@code size} positions.
     *
     * @param size how many positions
     */
    record Permutations(int size) implements Group {
        /** Refuses a negative size. */
        public Permutations {
            requireSize(size);
        }
    }

    /**
     * All vectors of {@code size} numbers, under addition.
     *
     * @param size length of the vectors
     */
    record Translations(int size) implements Group {
        /** Refuses a negative size. */
        public Translations {
            requireSize(size);
        }
    }

    /**
     * All vectors of {@code size} positive numbers, under element-wise multiplication.
     *
     * @param size length of the vectors
     */
    record PositiveScalings(int size) implements Group {
        /** Refuses a negative size. */
        public PositiveScalings {
            requireSize(size);
        }
    }

    /**
     * Nothing but leaving the positions alone; its only element is the identity permutation.
     *
     * @param size how many positions
     */
    record Trivial(int size) implements Group {
        /** Refuses a negative size. */
        public Trivial {
            requireSize(size);
        }
    }

    /**
     * Length of the space the group acts on.
     *
     * @return number of positions or coordinates
     */
    int size();

    /**
     * The element that changes nothing.
     *
     * @return the identity
     */
    default GroupElement identity() {
        return switch (this) {
            case Permutations(int size) -> Permutation.identity(size);
            case Trivial(int size) -> Permutation.identity(size);
            case Translations(int size) -> Translation.identity(size);
            case PositiveScalings(int size) -> PositiveScaling.identity(size);
        };
    }

    /**
     * A random element: uniform for permutations, standard normal for translations, log-normal for scalings.
     *
     * @param random where the choice comes from
     * @return an element
     */
    default GroupElement random(Random random) {
        return switch (this) {
            case Permutations(int size) -> new Permutation(random.permutation(size));
            case Trivial(int size) -> Permutation.identity(size);
            case Translations(int size) -> new Translation(normal(random, size));
            case PositiveScalings(int size) -> {
                double[] factors = normal(random, size);
                for (int i = 0; i < size; i++) {
                    factors[i] = Math.exp(0.5 * factors[i]);
                }
                yield new PositiveScaling(factors);
            }
        };
    }

    /**
     * Whether an element belongs to this group.
     *
     * @param element any element
     * @return true when kind and length agree
     */
    default boolean contains(GroupElement element) {
        return switch (this) {
            case Permutations(int size) -> element instanceof Permutation p && p.size() == size;
            case Trivial(int size) -> element instanceof Permutation p && p.size() == size && p.isIdentity();
            case Translations(int size) -> element instanceof Translation t && t.size() == size;
            case PositiveScalings(int size) -> element instanceof PositiveScaling s && s.size() == size;
        };
    }

    /**
     * How many elements the discrete part has.
     *
     * @return decimal logarithm of that number; 0 for a connected continuous group
     */
    default double log10Order() {
        return switch (this) {
            case Permutations(int size) -> {
                double sum = 0;
                for (int i = 2; i <= size; i++) {
                    sum += Math.log10(i);
                }
                yield sum;
            }
            case Trivial(int _), Translations(int _), PositiveScalings(int _) -> 0;
        };
    }

    /**
     * How many continuous parameters an element has.
     *
     * @return the dimension of the group; 0 for a finite group
     */
    default int dimension() {
        return switch (this) {
            case Permutations(int _), Trivial(int _) -> 0;
            case Translations(int size) -> size;
            case PositiveScalings(int size) -> size;
        };
    }

    /**
     * The name used in specifications and reports.
     *
     * @return for example {@code permutation}
     */
    default String label() {
        return switch (this) {
            case Permutations(int _) -> "permutation";
            case Trivial(int _) -> "none";
            case Translations(int _) -> "translation";
            case PositiveScalings(int _) -> "positive scaling";
        };
    }

    private static double[] normal(Random random, int size) {
        try (Scope scope = Scope.open()) {
            return random.normal(DType.FLOAT64, size).toDoubles();
        }
    }

    private static void requireSize(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("a group acts on 0 or more positions, not " + size);
        }
    }
}
