package org.thalweg.group;

import java.util.Arrays;
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
     * All orders of {@code size} positions with all changes of signs.
     *
     * @param size how many positions
     */
    record SignedPermutations(int size) implements Group {
        /** Refuses a negative size. */
        public SignedPermutations {
            requireSize(size);
        }
    }

    /**
     * All vectors of {@code size} numbers other than 0, under element-wise multiplication.
     *
     * @param size length of the vectors
     */
    record SignedScalings(int size) implements Group {
        /** Refuses a negative size. */
        public SignedScalings {
            requireSize(size);
        }
    }

    /**
     * All rotations and reflections of vectors.
     *
     * @param size length of the vectors
     */
    record Orthogonals(int size) implements Group {
        /** Refuses a negative size. */
        public Orthogonals {
            requireSize(size);
        }
    }

    /**
     * All rotations and reflections that leave the vector of ones as it is, and so every vector's mean.
     *
     * @param size length of the vectors
     */
    record CentredOrthogonals(int size) implements Group {
        /** Refuses a negative size. */
        public CentredOrthogonals {
            requireSize(size);
        }
    }

    /**
     * All invertible linear maps of vectors.
     *
     * @param size length of the vectors
     */
    record Invertibles(int size) implements Group {
        /** Refuses a negative size. */
        public Invertibles {
            requireSize(size);
        }
    }

    /**
     * All maps that commute with rotary position embeddings: a rotation and a stretch of each pair of coordinates.
     *
     * @param size length of the vectors, even
     * @param interleaved whether pair i is the coordinates 2i and 2i+1, not i and i + size/2
     */
    record RotaryMaps(int size, boolean interleaved) implements Group {
        /** Refuses a negative or odd size. */
        public RotaryMaps {
            requireSize(size);
            if (size % 2 != 0) {
                throw new IllegalArgumentException("rotary pairs cannot fill " + size + " coordinates");
            }
        }

        /**
         * Where the real part of a pair stands.
         *
         * @param pair its number
         * @return the first coordinate
         */
        public int first(int pair) {
            return interleaved ? 2 * pair : pair;
        }

        /**
         * Where the imaginary part of a pair stands.
         *
         * @param pair its number
         * @return the second coordinate
         */
        public int second(int pair) {
            return interleaved ? 2 * pair + 1 : pair + size / 2;
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
            case SignedPermutations(int size) -> SignedPermutation.identity(size);
            case SignedScalings(int size) -> SignedScaling.identity(size);
            case Orthogonals(int size) -> OrthogonalMap.identity(size);
            case CentredOrthogonals(int size) -> OrthogonalMap.identity(size);
            case Invertibles(int size) -> InvertibleMap.identity(size);
            case RotaryMaps(int size, boolean interleaved) -> RotaryMap.identity(size, interleaved);
        };
    }

    /**
     * A random element: uniform for permutations, signs and orthogonal maps, standard normal for translations,
     * log-normal for scalings, a rotation with stretched axes for invertible maps (condition number below 20 as a
     * rule).
     *
     * @param random where the choice comes from
     * @return an element
     */
    default GroupElement random(Random random) {
        return switch (this) {
            case Permutations(int size) -> new Permutation(random.permutation(size));
            case Trivial(int size) -> Permutation.identity(size);
            case Translations(int size) -> new Translation(normal(random, size));
            case PositiveScalings(int size) -> new PositiveScaling(logNormal(random, size));
            case SignedPermutations(int size) ->
                new SignedPermutation(new Permutation(random.permutation(size)), signs(random, size));
            case SignedScalings(int size) -> {
                double[] factors = logNormal(random, size);
                boolean[] negative = signs(random, size);
                Arrays.setAll(factors, i -> negative[i] ? -factors[i] : factors[i]);
                yield new SignedScaling(factors);
            }
            case Orthogonals(int size) -> new OrthogonalMap(square(random, size).orthonormalised());
            case CentredOrthogonals(int size) -> CentredRotation.around(
                    square(random, Math.max(0, size - 1)).orthonormalised(), size);
            case Invertibles(int size) -> new InvertibleMap(wellConditioned(random, size));
            case RotaryMaps(int size, boolean interleaved) -> {
                double[] numbers = logNormal(random, size / 2);
                double[] angles = normal(random, size / 2);
                double[] parts = new double[size];
                Arrays.setAll(parts, i -> numbers[i / 2]
                        * (i % 2 == 0 ? Math.cos(Math.PI * angles[i / 2]) : Math.sin(Math.PI * angles[i / 2])));
                yield new RotaryMap(parts, interleaved);
            }
        };
    }

    /**
     * Whether an element belongs to this group.
     *
     * @param element any element
     * @return true when kind and length agree, and, where ones are to stay, they do to 1e-6
     */
    default boolean contains(GroupElement element) {
        return switch (this) {
            case Permutations(int size) -> element instanceof Permutation p && p.size() == size;
            case Trivial(int size) -> element instanceof Permutation p && p.size() == size && p.isIdentity();
            case Translations(int size) -> element instanceof Translation t && t.size() == size;
            case PositiveScalings(int size) -> element instanceof PositiveScaling s && s.size() == size;
            case SignedPermutations(int size) -> element instanceof SignedPermutation s && s.size() == size;
            case SignedScalings(int size) -> element instanceof SignedScaling s && s.size() == size;
            case Orthogonals(int size) -> element instanceof OrthogonalMap m && m.size() == size;
            case CentredOrthogonals(int size) ->
                element instanceof OrthogonalMap m && m.size() == size && CentredRotation.keepsOnes(m);
            case Invertibles(int size) -> element instanceof InvertibleMap m && m.size() == size;
            case RotaryMaps(int size, boolean interleaved) ->
                element instanceof RotaryMap m && m.size() == size && m.interleaved() == interleaved;
        };
    }

    /**
     * How many elements the group has, for a continuous one how many connected components.
     *
     * @return decimal logarithm of that number; 0 for a connected continuous group
     */
    default double log10Order() {
        return switch (this) {
            case Permutations(int size) -> log10Factorial(size);
            case SignedPermutations(int size) -> log10Factorial(size) + size * Math.log10(2);
            case SignedScalings(int size) -> size * Math.log10(2);
            case Orthogonals(int size) -> size == 0 ? 0 : Math.log10(2);
            case CentredOrthogonals(int size) -> size < 2 ? 0 : Math.log10(2);
            case Invertibles(int size) -> size == 0 ? 0 : Math.log10(2);
            case Trivial(int _), Translations(int _), PositiveScalings(int _), RotaryMaps(int _, boolean _) -> 0;
        };
    }

    /**
     * How many continuous parameters an element has.
     *
     * @return the dimension of the group; 0 for a finite group
     */
    default int dimension() {
        return switch (this) {
            case Permutations(int _), SignedPermutations(int _), Trivial(int _) -> 0;
            case Translations(int size) -> size;
            case PositiveScalings(int size) -> size;
            case SignedScalings(int size) -> size;
            case Orthogonals(int size) -> Math.toIntExact((long) size * (size - 1) / 2);
            case CentredOrthogonals(int size) -> size < 2 ? 0 : Math.toIntExact((size - 1L) * (size - 2) / 2);
            case Invertibles(int size) -> Math.multiplyExact(size, size);
            case RotaryMaps(int size, boolean _) -> size;
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
            case SignedPermutations(int _) -> "signed permutation";
            case SignedScalings(int _) -> "signed scaling";
            case Orthogonals(int _) -> "orthogonal";
            case CentredOrthogonals(int _) -> "centred orthogonal";
            case Invertibles(int _) -> "invertible";
            case RotaryMaps(int _, boolean interleaved) -> interleaved ? "rotary pairs" : "rotary halves";
        };
    }

    /**
     * How many numbers the file of an alignment keeps for an element.
     *
     * @return the length of the element's array
     */
    default long coordinates() {
        return switch (this) {
            case Permutations(int size) -> size;
            case Trivial(int size) -> size;
            case Translations(int size) -> size;
            case PositiveScalings(int size) -> size;
            case SignedPermutations(int size) -> size;
            case SignedScalings(int size) -> size;
            case RotaryMaps(int size, boolean _) -> size;
            case Orthogonals(int size) -> (long) size * size;
            case CentredOrthogonals(int size) -> (long) size * size;
            case Invertibles(int size) -> (long) size * size;
        };
    }

    private static double log10Factorial(int size) {
        double sum = 0;
        for (int i = 2; i <= size; i++) {
            sum += Math.log10(i);
        }
        return sum;
    }

    private static double[] logNormal(Random random, int size) {
        double[] factors = normal(random, size);
        Arrays.setAll(factors, i -> Math.exp(0.5 * factors[i]));
        return factors;
    }

    private static boolean[] signs(Random random, int size) {
        double[] numbers = normal(random, size);
        boolean[] negative = new boolean[size];
        for (int i = 0; i < size; i++) {
            negative[i] = numbers[i] < 0;
        }
        return negative;
    }

    private static SquareMatrix square(Random random, int size) {
        return new SquareMatrix(size, normal(random, Math.multiplyExact(size, size)));
    }

    private static SquareMatrix wellConditioned(Random random, int size) {
        double[] stretched = square(random, size).orthonormalised().entries();
        double[] factors = logNormal(random, size);
        Arrays.setAll(stretched, i -> stretched[i] * factors[i / size]);
        return square(random, size).orthonormalised().times(new SquareMatrix(size, stretched));
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
