package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.group.AxisMap;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Gradients against central differences in float64; matrices against the group elements they stand for. */
class LatentTest {
    private static final double STEP = 1e-5;

    static Stream<Latent> differentiable() {
        return Stream.of(
                new ProjectedRotation(basis(GroupKind.ORTHOGONAL), 0.3),
                new ProjectedRotation(basis(GroupKind.ORTHOGONAL), 0),
                new ProjectedRotation(basis(GroupKind.CENTRED_ORTHOGONAL), 0.3),
                new ExponentialRotation(basis(GroupKind.ORTHOGONAL), 0.5),
                new ExponentialRotation(basis(GroupKind.ORTHOGONAL), 0),
                new ExponentialRotation(basis(GroupKind.CENTRED_ORTHOGONAL), 0.5),
                new ExponentialRotation(basis(GroupKind.ROTARY_HALVES), 0.5),
                new SoftOrder(6, 5, 2));
    }

    static Stream<Latent> elements() {
        return Stream.concat(
                differentiable().filter(latent -> !(latent instanceof SoftOrder)),
                Stream.of(new LearnedOrder(6, false, 0.1, 2), new LearnedOrder(6, true, 0.1, 2)));
    }

    private static RotationBasis basis(GroupKind kind) {
        return RotationBasis.of(new Group(kind, 6));
    }

    private static Tensor gradient(Latent latent, Tensor numbers, Tensor weights) {
        Parameters leaf = Gradients.leaves(Parameters.of(Map.of("z", numbers)));
        Tensor surrogate = latent.at(leaf.get("z")).pullBack().apply(weights);
        return Gradients.of(surrogate, leaf).get("z");
    }

    private static double value(Latent latent, Tensor numbers, Tensor weights) {
        return latent.at(numbers).matrix().multiply(weights).sum().item();
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void gradientsAreThoseOfCentralDifferences(Latent latent) {
        try (Scope scope = Scope.open()) {
            Tensor numbers = latent.start(Random.seeded(1));
            Tensor weights = Random.seeded(2).normal(DType.FLOAT64, 6, 6);
            double[] found = gradient(latent, numbers, weights).contiguous().toDoubles();
            double[] entries = numbers.contiguous().toDoubles();
            for (int i = 0; i < entries.length; i++) {
                double[] more = entries.clone();
                double[] less = entries.clone();
                more[i] += STEP;
                less[i] -= STEP;
                double expected = (value(latent, Tensor.of(more, numbers.shape()), weights)
                        - value(latent, Tensor.of(less, numbers.shape()), weights)) / (2 * STEP);
                assertThat(found[i]).isCloseTo(expected, within(1e-7 * (1 + Math.abs(expected))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("elements")
    void matricesAreThoseOfTheNearestElement(Latent latent) {
        try (Scope scope = Scope.open()) {
            Tensor numbers = latent.start(Random.seeded(3));
            Tensor identity = RotationBasis.of(new Group(GroupKind.ORTHOGONAL, 6)).identity();
            Tensor expected = ((AxisMap) latent.element(numbers)).applyTo(identity, 0);
            assertThat(latent.at(numbers).matrix().subtract(expected).abs().max()).isLessThan(1e-12);
        }
    }

    @Test
    void polarFactorIsThatOfTheSingularValueDecomposition() {
        try (Scope scope = Scope.open()) {
            Latent latent = new ProjectedRotation(basis(GroupKind.ORTHOGONAL), 1);
            Tensor numbers = latent.start(Random.seeded(4));
            LinearAlgebra.Svd svd = LinearAlgebra.svd(numbers);
            Tensor expected = svd.u().matmul(svd.v().transpose(0, 1));
            assertThat(latent.at(numbers).matrix().subtract(expected).abs().max()).isLessThan(1e-10);
        }
    }

    @Test
    void gradientsOfOrdersGoStraightThrough() {
        try (Scope scope = Scope.open()) {
            Tensor weights = Random.seeded(5).normal(DType.FLOAT64, 6, 6);
            Latent latent = new LearnedOrder(6, true, 0.1, 1);
            assertThat(gradient(latent, latent.start(Random.seeded(6)), weights).sameAs(weights)).isTrue();
        }
    }

    @Test
    void orderIsTheIdentityAtTheStartAndChangesWhenNumbersDo() {
        try (Scope scope = Scope.open()) {
            Latent latent = new LearnedOrder(3, false, 0.1, 0);
            assertThat(latent.element(latent.start(Random.seeded(7))).isIdentity()).isTrue();
            Tensor exchanged = Tensor.of(new double[] {0, 1, 0, 1, 0, 0, 0, 0, 1}, 3, 3);
            assertThat(latent.element(exchanged).moved()).isEqualTo(2);
        }
    }

    @Test
    void softOrdersHaveRowsAndColumnsThatSumToOne() {
        try (Scope scope = Scope.open()) {
            Latent latent = new SoftOrder(6, 60, 2);
            Tensor matrix = latent.at(latent.start(Random.seeded(8)).add(
                    Random.seeded(9).normal(DType.FLOAT64, 6, 6))).matrix();
            List<Double> sums = new ArrayList<>();
            for (int axis = 0; axis < 2; axis++) {
                for (double sum : matrix.sum(axis, false).contiguous().toDoubles()) {
                    sums.add(sum);
                }
            }
            assertThat(sums).allSatisfy(sum -> assertThat(sum).isCloseTo(1, within(1e-6)));
            assertThat(matrix.multiply(-1).max()).isLessThan(0);
        }
    }
}
