package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Permutation;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class MoeMatcherTest {
    private static final MoeConfig DEEP_SEEK =
            new MoeConfig(4, new Gating.DeepSeek(2, 2), List.of(5), UnitFunction.GELU);

    @Test
    void allOrdersCostNoMoreThanOneMatchingForEachPair() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(3);
            Parameters a = SampleModels.layer(DEEP_SEEK, random);
            Parameters b = SampleModels.layer(DEEP_SEEK, random);
            MoeMatcher matcher = new MoeMatcher(ModelArchitecture.ofLayer(DEEP_SEEK, a), a, b);
            MatchedCandidates found = matcher.match();
            Set<Alignment> all = new HashSet<>();
            Permutation.all(4).forEach(order -> all.add(matcher.withExpertOrder(order).alignment()));
            assertThat(all).hasSize(24).contains(found.byGate().alignment(), found.byExpert().alignment());
            assertThat(matcher.matchedPairs()).isEqualTo(4 * 4 + 1);
        }
    }

    @Test
    void hiddenUnitsOfOneLayerAreMatchedAsWellAsAnyOrderCould() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(4);
            LinearMaps a = maps(random, 5, 4, 5);
            LinearMaps b = maps(random, 5, 4, 5);
            UnitMatch match = UnitMatcher.match(a, b);
            double best = Permutation.all(4).stream().mapToDouble(order -> similarity(a, b, order)).max().orElseThrow();
            assertThat(match.similarity()).isCloseTo(best, within(1e-5));
            assertThat(match.similarity()).isCloseTo(similarity(a, b, match.orders().getFirst()), within(1e-9));
            assertThat(match.dualityGap()).isCloseTo(0, within(1e-5));
            assertThat(match.sweeps()).isEqualTo(1);
        }
    }

    @Test
    void distancesOfGramMatricesAgreeBothWays() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(5);
            for (long[] shape : new long[][] {{3, 7}, {7, 3}, {5, 5}, {1, 4}}) {
                List<Tensor> x = List.of(random.normal(DType.FLOAT64, shape), random.normal(DType.FLOAT64, shape));
                List<Tensor> y = List.of(random.normal(DType.FLOAT64, shape), x.getFirst());
                double[][] formed = GramDistances.byGramMatrices(x, y, 64);
                double[][] cheap = GramDistances.byProducts(x, y);
                for (int i = 0; i < 2; i++) {
                    assertThat(cheap[i]).containsExactly(formed[i], within(1e-9));
                    assertThat(GramDistances.squared(x, y)[i]).containsExactly(formed[i], within(1e-9));
                }
            }
        }
    }

    @Test
    void gateCostsFollowEquation10ToTheNumber() {
        try (Scope scope = Scope.open()) {
            Parameters a = gate(new double[] {1, 0, 3, 0}, new double[] {0, 2});
            Parameters b = gate(new double[] {5, 1, 5, 3}, new double[] {4, 0});
            // Centred: A rows (-1,0,-1), (1,0,1); B rows (0,-1,2), (0,1,-2).
            double[][] costs = GateOrder.costs(a, b, "moe", false);
            assertThat(costs[0]).containsExactly(new double[] {Math.sqrt(11), Math.sqrt(3)}, within(1e-12));
            assertThat(costs[1]).containsExactly(new double[] {Math.sqrt(3), Math.sqrt(11)}, within(1e-12));
            Parameters noBias = a.filter(name -> !name.endsWith("bias"));
            assertThat(GateOrder.costs(noBias, b.filter(name -> !name.endsWith("bias")), "moe", false)[0][0])
                    .isCloseTo(Math.sqrt(2), within(1e-12));
            assertThat(GateOrder.costs(a, a.map(tensor -> tensor.multiply(3)), "moe", true)[0][0])
                    .isCloseTo(0, within(1e-12));
        }
    }

    @Test
    void ordersAreListedLexicographically() {
        assertThat(Permutation.all(3)).extracting(Permutation::toString).containsExactly(
                "Permutation[0, 1, 2]", "Permutation[0, 2, 1]", "Permutation[1, 0, 2]",
                "Permutation[1, 2, 0]", "Permutation[2, 0, 1]", "Permutation[2, 1, 0]");
        assertThat(Permutation.all(0)).hasSize(1);
        assertThatThrownBy(() -> Permutation.all(9)).hasMessage("all orders are listed for 0 to 8 positions, not 9");
    }

    @Test
    void reportsTheShareThatMoved() {
        try (Scope scope = Scope.open()) {
            Parameters a = SampleModels.layer(DEEP_SEEK, Random.seeded(6));
            Architecture architecture = ModelArchitecture.ofLayer(DEEP_SEEK, a);
            LayerMatch same = MoeMatcher.match(architecture, a, a).byGate().layers().getFirst();
            assertThat(same.movedExperts()).isZero();
            assertThat(same.movedUnits()).isZero();
            Parameters swapped = architecture.identity()
                    .with("moe.experts", new Permutation(new int[] {1, 0, 2, 3})).apply(a);
            LayerMatch half = MoeMatcher.match(architecture, a, swapped).byExpert().layers().getFirst();
            assertThat(half.movedExperts()).isEqualTo(0.5);
            assertThat(half.movedUnits()).isEqualTo(10.0 / 30);
        }
    }

    @Test
    void aDivergedModelIsNamed() {
        try (Scope scope = Scope.open()) {
            Parameters a = SampleModels.layer(DEEP_SEEK, Random.seeded(7));
            Architecture architecture = ModelArchitecture.ofLayer(DEEP_SEEK, a);
            Parameters bad = a.mapNamed((name, tensor) ->
                    name.equals("moe.experts.1.dense.0.bias") ? tensor.multiply(Double.NaN) : tensor);
            assertThatThrownBy(() -> MoeMatcher.match(architecture, a, bad))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage("the tensor 'moe.experts.1.dense.0.bias' of the second model holds an infinite value "
                            + "or NaN; a diverged model cannot be matched.");
        }
    }

    private static Parameters gate(double[] weight, double[] bias) {
        return Parameters.of(Map.of(
                "moe.gate.weight", Tensor.of(weight, 2, 2), "moe.gate.bias", Tensor.of(bias, 2)));
    }

    private static LinearMaps maps(Random random, int in, int hidden, int out) {
        return new LinearMaps(List.of(
                random.normal(DType.FLOAT64, hidden, in + 1), random.normal(DType.FLOAT64, out, hidden + 1)));
    }

    private static double similarity(LinearMaps a, LinearMaps b, Permutation order) {
        Tensor first = order.applyTo(b.maps().get(0), 0);
        Tensor last = order.applyTo(b.weight(1), 1);
        Tensor lastBias = b.maps().get(1).narrow(1, 4, 1);
        double bias = a.maps().get(1).narrow(1, 4, 1).multiply(lastBias).sum().item();
        return a.maps().get(0).multiply(first).sum().item() + a.weight(1).multiply(last).sum().item() + bias;
    }
}
