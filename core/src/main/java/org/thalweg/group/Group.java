package org.thalweg.group;

import java.util.Arrays;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * What may be done to the positions of a space without changing the network's function.
 *
 * @param kind what is done
 * @param size number of positions, or length of the vectors
 */
public record Group(GroupKind kind, int size) {
    /** Refuses a negative size, and an odd one for rotary kinds. */
    public Group {
        if (size < 0) {
            throw new IllegalArgumentException("a group acts on 0 or more positions, not " + size);
        }
        if (kind.isRotary()) {
            RotaryPairs.requireEven(size);
        }
    }

    /**
     * The element that changes nothing.
     *
     * @return the identity
     */
    public GroupElement identity() {
        return switch (kind) {
            case NONE, PERMUTATION -> Permutation.identity(size);
            case SIGNED_PERMUTATION -> SignedPermutation.identity(size);
            case TRANSLATION -> Translation.identity(size);
            case POSITIVE_SCALING, SIGNED_SCALING -> Scaling.identity(size);
            case ORTHOGONAL, CENTRED_ORTHOGONAL, INVERTIBLE -> LinearMap.identity(size);
            case ROTARY_HALVES -> RotaryMap.identity(size, false);
            case ROTARY_PAIRS -> RotaryMap.identity(size, true);
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
    public GroupElement random(Random random) {
        return switch (kind) {
            case NONE -> Permutation.identity(size);
            case PERMUTATION -> new Permutation(random.permutation(size));
            case SIGNED_PERMUTATION ->
                new SignedPermutation(new Permutation(random.permutation(size)), signs(random));
            case TRANSLATION -> new Translation(normal(random, size));
            case POSITIVE_SCALING -> new Scaling(logNormal(random, size));
            case SIGNED_SCALING -> {
                double[] factors = logNormal(random, size);
                boolean[] negative = signs(random);
                Arrays.setAll(factors, i -> negative[i] ? -factors[i] : factors[i]);
                yield new Scaling(factors);
            }
            case ORTHOGONAL -> new LinearMap(square(random, size).orthonormalised(), true);
            case CENTRED_ORTHOGONAL -> CentredRotation.around(
                    square(random, Math.max(0, size - 1)).orthonormalised(), size);
            case INVERTIBLE -> new LinearMap(wellConditioned(random), false);
            case ROTARY_HALVES -> new RotaryMap(complexNumbers(random), false);
            case ROTARY_PAIRS -> new RotaryMap(complexNumbers(random), true);
        };
    }

    /**
     * Whether an element belongs to this group.
     *
     * @param element any element
     * @return true when kind and length agree, factors are positive where they have to be, and, where ones are to stay,
     *     they do to 1e-6
     */
    public boolean contains(GroupElement element) {
        return element.size() == size && switch (kind) {
            case NONE -> element instanceof Permutation && element.isIdentity();
            case PERMUTATION -> element instanceof Permutation;
            case SIGNED_PERMUTATION -> element instanceof SignedPermutation;
            case TRANSLATION -> element instanceof Translation;
            case POSITIVE_SCALING -> element instanceof Scaling scaling && scaling.isPositive();
            case SIGNED_SCALING -> element instanceof Scaling;
            case ORTHOGONAL -> element instanceof LinearMap map && map.isOrthogonal();
            case CENTRED_ORTHOGONAL ->
                element instanceof LinearMap map && map.isOrthogonal() && CentredRotation.keepsOnes(map);
            case INVERTIBLE -> element instanceof LinearMap;
            case ROTARY_HALVES -> element instanceof RotaryMap map && !map.interleaved();
            case ROTARY_PAIRS -> element instanceof RotaryMap map && map.interleaved();
        };
    }

    /**
     * How many elements the group has, for a continuous one how many connected components.
     *
     * @return decimal logarithm of that number; 0 for a connected continuous group
     */
    public double log10Order() {
        return switch (kind) {
            case NONE, TRANSLATION, POSITIVE_SCALING, ROTARY_HALVES, ROTARY_PAIRS -> 0;
            case PERMUTATION -> log10Factorial(size);
            case SIGNED_PERMUTATION -> log10Factorial(size) + size * Math.log10(2);
            case SIGNED_SCALING -> size * Math.log10(2);
            case ORTHOGONAL, INVERTIBLE -> size == 0 ? 0 : Math.log10(2);
            case CENTRED_ORTHOGONAL -> size < 2 ? 0 : Math.log10(2);
        };
    }

    /**
     * How many continuous parameters an element has.
     *
     * @return the dimension of the group; 0 for a finite group
     */
    public int dimension() {
        return switch (kind) {
            case NONE, PERMUTATION, SIGNED_PERMUTATION -> 0;
            case TRANSLATION, POSITIVE_SCALING, SIGNED_SCALING, ROTARY_HALVES, ROTARY_PAIRS -> size;
            case ORTHOGONAL -> Math.toIntExact((long) size * (size - 1) / 2);
            case CENTRED_ORTHOGONAL -> size < 2 ? 0 : Math.toIntExact((size - 1L) * (size - 2) / 2);
            case INVERTIBLE -> Math.multiplyExact(size, size);
        };
    }

    /**
     * How many numbers the file of an alignment keeps for an element.
     *
     * @return the length of the element's array
     */
    public long coordinates() {
        return switch (kind) {
            case NONE, PERMUTATION, SIGNED_PERMUTATION, TRANSLATION, POSITIVE_SCALING, SIGNED_SCALING, ROTARY_HALVES,
                    ROTARY_PAIRS -> size;
            case ORTHOGONAL, CENTRED_ORTHOGONAL, INVERTIBLE -> (long) size * size;
        };
    }

    private static double log10Factorial(int size) {
        double sum = 0;
        for (int i = 2; i <= size; i++) {
            sum += Math.log10(i);
        }
        return sum;
    }

    private boolean[] signs(Random random) {
        double[] numbers = normal(random, size);
        boolean[] negative = new boolean[size];
        for (int i = 0; i < size; i++) {
            negative[i] = numbers[i] < 0;
        }
        return negative;
    }

    private double[] complexNumbers(Random random) {
        double[] moduli = logNormal(random, size / 2);
        double[] angles = normal(random, size / 2);
        double[] parts = new double[size];
        Arrays.setAll(parts, i -> moduli[i / 2]
                * (i % 2 == 0 ? Math.cos(Math.PI * angles[i / 2]) : Math.sin(Math.PI * angles[i / 2])));
        return parts;
    }

    private SquareMatrix wellConditioned(Random random) {
        double[] stretched = square(random, size).orthonormalised().entries();
        double[] factors = logNormal(random, size);
        Arrays.setAll(stretched, i -> stretched[i] * factors[i / size]);
        return square(random, size).orthonormalised().times(new SquareMatrix(size, stretched));
    }

    private static SquareMatrix square(Random random, int size) {
        return new SquareMatrix(size, normal(random, Math.multiplyExact(size, size)));
    }

    private static double[] logNormal(Random random, int size) {
        double[] factors = normal(random, size);
        Arrays.setAll(factors, i -> Math.exp(0.5 * factors[i]));
        return factors;
    }

    private static double[] normal(Random random, int size) {
        try (Scope scope = Scope.open()) {
            return random.normal(DType.FLOAT64, size).toDoubles();
        }
    }
}
