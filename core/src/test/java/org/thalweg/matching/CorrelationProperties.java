package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.group.AxisMap;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.Scaling;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The closest element against all others at small sizes, or against many random ones. */
class CorrelationProperties {
    private static final int COLUMNS = 7;

    /** Weights of A and B: what nothing scales, what signs scale, gains. */
    private record Weights(Tensor plain, Tensor scaled, Tensor gain) {
        static Weights random(Random random, int size) {
            return new Weights(
                    random.normal(DType.FLOAT64, size, COLUMNS),
                    random.normal(DType.FLOAT64, size, COLUMNS),
                    random.normal(DType.FLOAT64, size, 1));
        }

        Correlation with(Weights b) {
            return new Correlation(
                    Optional.of(plain.matmul(b.plain.transpose(0, 1))),
                    Optional.of(scaled.matmul(b.scaled.transpose(0, 1))),
                    Optional.of(gain.matmul(b.gain.transpose(0, 1))));
        }
    }

    private static double dot(Tensor one, Tensor other) {
        return one.multiply(other).sum().item();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void noOrderWithSignsIsCloserThanTheOneFound(long seed) {
        for (int size = 1; size <= 4; size++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Weights a = Weights.random(random, size);
                Weights b = Weights.random(random, size);
                Leaf leaf = new Leaf("hidden", new Group(GroupKind.PERMUTATION, size), Optional.of("signs"));
                Correlation.Best best = a.with(b).best(leaf);
                double largest = Double.NEGATIVE_INFINITY;
                for (Permutation order : Permutation.all(size)) {
                    for (int bits = 0; bits < 1 << size; bits++) {
                        largest = Math.max(largest, reached(a, b, order, signs(bits, size)));
                    }
                }
                assertThat(best.similarity()).isCloseTo(largest, within(1e-4));
                double found = reached(a, b, (Permutation) best.elements().get("hidden"),
                        (Scaling) best.elements().get("signs"));
                assertThat(best.similarity()).isCloseTo(found, within(1e-9));
            }
        }
    }

    private static Scaling signs(int bits, int size) {
        double[] factors = new double[size];
        for (int i = 0; i < size; i++) {
            factors[i] = (bits >> i & 1) == 0 ? 1 : -1;
        }
        return new Scaling(factors);
    }

    private static double reached(Weights a, Weights b, Permutation order, Scaling signs) {
        Tensor factors = Tensor.of(signs.factors(), order.size(), 1);
        return dot(a.plain, order.applyTo(b.plain, 0))
                + dot(a.scaled, order.applyTo(b.scaled, 0).multiply(factors))
                + dot(a.gain, order.applyTo(b.gain, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void noSignedOrderIsCloserThanTheOneFound(long seed) {
        for (int size = 1; size <= 4; size++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Weights a = Weights.random(random, size);
                Weights b = Weights.random(random, size);
                Group group = new Group(GroupKind.SIGNED_PERMUTATION, size);
                Correlation.Best best = a.with(b).best(new Leaf("stream", group, Optional.empty()));
                double largest = Double.NEGATIVE_INFINITY;
                for (Permutation order : Permutation.all(size)) {
                    for (int bits = 0; bits < 1 << size; bits++) {
                        Tensor factors = Tensor.of(signs(bits, size).factors(), size, 1);
                        largest = Math.max(largest, dot(a.plain, order.applyTo(b.plain, 0).multiply(factors))
                                + dot(a.scaled, order.applyTo(b.scaled, 0).multiply(factors))
                                + dot(a.gain, order.applyTo(b.gain, 0)));
                    }
                }
                assertThat(best.similarity()).isCloseTo(largest, within(1e-4));
                assertThat(group.contains(best.elements().get("stream"))).isTrue();
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void noRotationOrPhaseIsCloserThanTheOneFound(long seed) {
        for (boolean interleaved : new boolean[] {false, true}) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                int size = 4;
                Weights a = Weights.random(random, size);
                Weights b = Weights.random(random, size);
                GroupKind rotary = interleaved ? GroupKind.ROTARY_PAIRS : GroupKind.ROTARY_HALVES;
                for (GroupKind kind : new GroupKind[] {GroupKind.ORTHOGONAL, GroupKind.INVERTIBLE, rotary}) {
                    Group group = new Group(kind, size);
                    Correlation.Best best = a.with(b).best(new Leaf("basis", group, Optional.empty()));
                    AxisMap found = (AxisMap) best.elements().get("basis");
                    assertThat(linear(a, b, found)).isCloseTo(best.similarity(), within(1e-9));
                    for (int other = 0; other < 100; other++) {
                        AxisMap candidate = (AxisMap) compact(group).random(random);
                        assertThat(linear(a, b, compactPart(candidate))).isLessThanOrEqualTo(best.similarity() + 1e-9);
                    }
                }
            }
        }
    }

    private static Group compact(Group group) {
        return group.kind() == GroupKind.INVERTIBLE ? new Group(GroupKind.ORTHOGONAL, group.size()) : group;
    }

    /** In the balanced gauge no stretching is left; of a random rotary map only the angles count. */
    private static AxisMap compactPart(AxisMap map) {
        if (!(map instanceof RotaryMap rotary)) {
            return map;
        }
        double[] numbers = rotary.numbers();
        for (int pair = 0; pair < numbers.length; pair += 2) {
            double modulus = Math.hypot(numbers[pair], numbers[pair + 1]);
            numbers[pair] /= modulus;
            numbers[pair + 1] /= modulus;
        }
        return new RotaryMap(numbers, rotary.interleaved());
    }

    private static double linear(Weights a, Weights b, AxisMap map) {
        return dot(a.plain, map.applyTo(b.plain, 0)) + dot(a.scaled, map.applyTo(b.scaled, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aRotationOfRotatedWeightsIsFoundExactly(long seed) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Weights a = Weights.random(random, 5);
            Group group = new Group(GroupKind.ORTHOGONAL, 5);
            AxisMap planted = (AxisMap) group.random(random);
            Weights b = new Weights(planted.applyTo(a.plain, 0), planted.applyTo(a.scaled, 0), a.gain);
            Correlation.Best best = a.with(b).best(new Leaf("basis", group, Optional.empty()));
            AxisMap found = (AxisMap) best.elements().get("basis");
            double error = found.applyTo(b.plain, 0).subtract(a.plain).abs().max();
            Tensor sum = a.with(b).plain().orElseThrow().add(a.with(b).scaled().orElseThrow());
            double smallest = LinearAlgebra.svd(sum).s().toDoubles()[4];
            assertThat(error).isLessThan(1e-12 * (1 + 1 / smallest));
        }
    }
}
