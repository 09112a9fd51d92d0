package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Permutation;
import org.thalweg.network.SingleLayer;
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
            MoeMatcher matcher = matcher(DEEP_SEEK, a, b);
            MatchedCandidates found = matcher.match();
            Set<Alignment> all = new HashSet<>();
            Permutation.all(4).forEach(order -> all.add(matcher.withExpertOrder(order).alignment()));
            assertThat(all).hasSize(24).contains(found.byGate().alignment(), found.byExpert().alignment());
            assertThat(matcher.matchedPairs()).isEqualTo(4 * 4 + 1);
        }
    }

    @Test
    void hiddenUnitsOfOneLayerAreMatchedAsWellAsAnyOrderCould() {
        MoeConfig config = new MoeConfig(3, new Gating.DeepSeek(2, 2), List.of(3), UnitFunction.GELU);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(4);
            Parameters a = SampleModels.layer(config, random);
            Parameters b = SampleModels.layer(config, random);
            Permutation order = new Permutation(new int[] {2, 0, 1});
            LayerMatch.Units units = matcher(config, a, b).withExpertOrder(order).layers().getFirst().units();
            double best = PaperFormulas.largestSimilarity(
                    a, "moe.shared_experts", b, "moe.shared_experts", List.of(6));
            for (int expert = 0; expert < 3; expert++) {
                best += PaperFormulas.largestSimilarity(
                        a, "moe.experts." + expert, b, "moe.experts." + order.image(expert), config.hidden());
            }
            assertThat(units.similarity()).isCloseTo(best, within(1e-5));
            assertThat(units.dualityGap()).isCloseTo(0, within(1e-5));
        }
    }

    @Test
    void twoHiddenLayersAreMatchedNoBetterThanTheBestOrdersCould() {
        MoeConfig config = new MoeConfig(2, new Gating.Dense(), List.of(4, 3), UnitFunction.RELU);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(5);
            int reached = 0;
            for (int pair = 0; pair < 10; pair++) {
                Parameters a = SampleModels.layer(config, random);
                Parameters b = SampleModels.layer(config, random);
                double found = matcher(config, a, b).withExpertOrder(Permutation.identity(2))
                        .layers().getFirst().units().similarity();
                double best = 0;
                for (int expert = 0; expert < 2; expert++) {
                    String network = "moe.experts." + expert;
                    best += PaperFormulas.largestSimilarity(a, network, b, network, config.hidden());
                }
                assertThat(found).isLessThan(best + 1e-5).isGreaterThan(0.8 * best);
                reached += found > best - 1e-5 ? 1 : 0;
            }
            assertThat(reached).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void gateCostsFollowEquation10ToTheNumber() {
        try (Scope scope = Scope.open()) {
            // Centred: A rows (-1,0,-1), (1,0,1); B rows (0,-1,2), (0,1,-2).
            Parameters a = withGate(new double[] {1, 0, 3, 0}, new double[] {0, 2});
            Parameters b = withGate(new double[] {5, 1, 5, 3}, new double[] {4, 0});
            LayerMatch.Experts found = byGate(new Gating.Dense(), a, b);
            assertThat(found.order().image()).containsExactly(1, 0);
            assertThat(found.cost()).isCloseTo(2 * Math.sqrt(3), within(1e-12));
            Parameters noBias = a.filter(name -> !name.equals("moe.gate.bias"));
            assertThat(byGate(new Gating.Dense(), noBias, b.filter(name -> !name.equals("moe.gate.bias"))).cost())
                    .isCloseTo(2 * Math.sqrt(2), within(1e-12));
            assertThat(byGate(new Gating.Sparse(1), a, a.map(tensor -> tensor.multiply(3))).cost())
                    .isCloseTo(0, within(1e-12));
            assertThat(byGate(new Gating.Dense(), a, a.map(tensor -> tensor.multiply(3))).cost())
                    .isCloseTo(4 * Math.sqrt(2), within(1e-12));
        }
    }

    @Test
    void reportsTheShareThatMoved() {
        try (Scope scope = Scope.open()) {
            Parameters a = SampleModels.layer(DEEP_SEEK, Random.seeded(6));
            Architecture architecture = ModelArchitecture.ofLayer(DEEP_SEEK, a);
            LayerMatch same = matcher(DEEP_SEEK, a, a).match().byGate().layers().getFirst();
            assertThat(same.experts().moved()).isZero();
            assertThat(same.units().moved()).isZero();
            Parameters swapped = architecture.identity()
                    .with("moe.experts", new Permutation(new int[] {1, 0, 2, 3})).apply(a);
            LayerMatch half = matcher(DEEP_SEEK, a, swapped).match().byExpert().layers().getFirst();
            assertThat(half.experts().moved()).isEqualTo(0.5);
            assertThat(half.units().moved()).isEqualTo(10.0 / 30);
        }
    }

    @Test
    void aDivergedModelIsNamed() {
        try (Scope scope = Scope.open()) {
            Parameters a = SampleModels.layer(DEEP_SEEK, Random.seeded(7));
            Parameters bad = a.mapNamed((name, tensor) ->
                    name.equals("moe.experts.1.dense.0.bias") ? tensor.multiply(Double.NaN) : tensor);
            assertThatThrownBy(() -> matcher(DEEP_SEEK, a, bad))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage("the tensor 'moe.experts.1.dense.0.bias' of the second model holds an infinite value "
                            + "or NaN; a diverged model cannot be matched.");
        }
    }

    private static MoeMatcher matcher(MoeConfig config, Parameters a, Parameters b) {
        return new MoeMatcher(ModelArchitecture.ofLayer(config, a), a::get, b::get);
    }

    private static LayerMatch.Experts byGate(Gating gating, Parameters a, Parameters b) {
        MoeConfig config = new MoeConfig(2, gating, List.of(4), UnitFunction.GELU);
        return matcher(config, a, b).match().byGate().layers().getFirst().experts();
    }

    private static Parameters withGate(double[] weight, double[] bias) {
        MoeConfig config = new MoeConfig(2, new Gating.Dense(), List.of(4), UnitFunction.GELU);
        Parameters layer = SingleLayer.initialise(config, 2, "moe", Random.seeded(1)).to(DType.FLOAT64);
        Map<String, Tensor> tensors = new LinkedHashMap<>(layer.asMap());
        tensors.put("moe.gate.weight", Tensor.of(weight, 2, 2));
        tensors.put("moe.gate.bias", Tensor.of(bias, 2));
        return Parameters.of(tensors);
    }
}
