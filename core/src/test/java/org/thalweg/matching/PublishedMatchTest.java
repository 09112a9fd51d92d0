package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeModel;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.PublishedGates;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Experts of published models are matched by what they compute, groups as wholes. */
class PublishedMatchTest {
    static List<MoeConfig> all() {
        return PublishedGates.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void aPlantedElementOfTheWholeGroupIsUndone(MoeConfig config) {
        for (long seed = 1; seed <= 5; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters a = PublishedGates.layer(config, random);
                Parameters b = ModelArchitecture.ofLayer(config, a).random(random).apply(a);
                MatchedCandidates found = matcher(config, a, b).match();
                for (Candidate candidate : List.of(found.byGate(), found.byExpert())) {
                    Parameters back = candidate.alignment().apply(b);
                    a.asMap().forEach((name, tensor) -> assertThat(back.get(name).subtract(tensor).abs().max())
                            .as(name).isLessThan(1e-8));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void ordersAreTheBestThatTheGroupHasAndLeaveTheFunctionAsItIs(MoeConfig config) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(8);
            Parameters a = PublishedGates.layer(config, random);
            Parameters b = PublishedGates.layer(config, random);
            MoeMatcher matcher = matcher(config, a, b);
            int size = config.experts() / matcher.groups();
            List<Permutation> orders = Permutation.all(config.experts()).stream().filter(order -> {
                for (int place = 0; place < config.experts(); place++) {
                    if (order.image(place) / size != order.image(place / size * size) / size) {
                        return false;
                    }
                }
                return true;
            }).toList();
            MatchedCandidates found = matcher.match();
            Tensor x = PublishedGates.inputs(random, 32);
            for (Candidate candidate : List.of(found.byGate(), found.byExpert())) {
                LayerMatch.Experts experts = candidate.layers().getFirst().experts();
                assertThat(matcher.order(candidate.alignment())).isEqualTo(experts.order());
                assertThat(orders).contains(experts.order());
                EquivalenceCheck.compare(p -> SingleLayer.forward(config, p, "moe", x), b,
                        candidate.alignment().apply(b), 1e-9).requireVerified();
            }
            double[][] costs = costs(config, a, b);
            double least = orders.stream().mapToDouble(order -> PaperFormulas.sum(costs, order)).min().orElseThrow();
            LayerMatch.Experts byExpert = found.byExpert().layers().getFirst().experts();
            assertThat(byExpert.cost()).isCloseTo(least, within(1e-5 * least));
            for (Permutation order : orders) {
                assertThat(matcher.order(matcher.withExpertOrder(order).alignment())).isEqualTo(order);
            }
        }
    }

    @Test
    void anOrderThatDividesAGroupIsRefused() {
        try (Scope scope = Scope.open()) {
            Parameters a = PublishedGates.layer(PublishedGates.TWO_GROUPS, Random.seeded(1));
            MoeMatcher matcher = matcher(PublishedGates.TWO_GROUPS, a, a);
            assertThat(matcher.groups()).isEqualTo(3);
            assertThatThrownBy(() -> matcher.withExpertOrder(new Permutation(new int[] {2, 1, 0, 3, 4, 5})))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageEndingWith("divides a group");
        }
    }

    @Test
    void gramMatricesMissScaledUnitsThatFunctionsSee() {
        MoeConfig config = new MoeConfig(
                6, new Gating.Published(MoeModel.MIXTRAL, 2), List.of(12), MoeModel.MIXTRAL.activation());
        int byFunctions = 0;
        int byWeights = 0;
        for (long seed = 1; seed <= 20; seed++) {
            try (Scope scope = Scope.open()) {
                Random random = Random.seeded(seed);
                Parameters a = PublishedGates.layer(config, random);
                Architecture architecture = ModelArchitecture.ofLayer(config, a);
                Alignment planted = architecture.random(random);
                for (int expert = 0; expert < config.experts(); expert++) {
                    double[] factors = random.normal(DType.FLOAT64, 12).multiply(1.2).toDoubles();
                    planted = planted.with("mixture.experts." + expert + ".unit_scale",
                            new Scaling(Arrays.stream(factors).map(Math::exp).toArray()));
                }
                Parameters noisy = a.map(tensor ->
                        tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(0.7)));
                Parameters b = planted.apply(noisy);
                MoeMatcher matcher = matcher(config, a, b);
                Permutation expected = matcher.order(planted.inverse());
                byFunctions += order(matcher).equals(expected) ? 1 : 0;
                byWeights += order(new MoeMatcher(architecture, a::get, b::get)).equals(expected) ? 1 : 0;
            }
        }
        assertThat(byFunctions).as("by weights %d", byWeights).isGreaterThan(18);
        assertThat(byWeights).as("by functions %d", byFunctions).isLessThan(18);
    }

    private static Permutation order(MoeMatcher matcher) {
        return matcher.match().byExpert().layers().getFirst().experts().order();
    }

    @Test
    void distancesOfReluExpertsAreThoseOfTheirOutputsOnNormalInputs() {
        MoeConfig config = PublishedGates.of(2, new Gating.Published(MoeModel.SWITCH, 1));
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(9);
            Parameters a = PublishedGates.layer(config, random);
            Parameters b = PublishedGates.layer(config, random);
            double found = matcher(config, a, b).match().byExpert().layers().getFirst().experts().cost();
            Tensor x = PublishedGates.inputs(random, 200_000);
            double[][] sampled = new double[2][2];
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 2; j++) {
                    Tensor difference = expert(a, i, x).subtract(expert(b, j, x));
                    sampled[i][j] = difference.norm() / Math.sqrt(200_000);
                }
            }
            assertThat(found).isCloseTo(PaperFormulas.least(sampled), within(0.01 * found));
        }
    }

    private static Tensor expert(Parameters layer, int expert, Tensor x) {
        Tensor up = x.matmul(layer.get("moe.experts." + expert + ".up_proj.weight").transpose(0, 1));
        return Functions.relu(up)
                .matmul(layer.get("moe.experts." + expert + ".down_proj.weight").transpose(0, 1));
    }

    /** The costs written out: tensors of gated experts, Gram matrices of clamped ones, the kernel of ReLU ones. */
    private static double[][] costs(MoeConfig config, Parameters a, Parameters b) {
        double[][] costs = new double[config.experts()][config.experts()];
        for (int i = 0; i < costs.length; i++) {
            for (int j = 0; j < costs.length; j++) {
                costs[i][j] = switch (((Gating.Published) config.gating()).model()) {
                    case SWITCH -> Math.sqrt(Math.max(0, kernel(a, i, a, i) + kernel(b, j, b, j)
                            - 2 * kernel(a, i, b, j)));
                    case GPT_OSS -> Math.sqrt(square(gram(a, i, "gate_proj"), gram(b, j, "gate_proj"))
                            + square(gram(a, i, "up_proj"), gram(b, j, "up_proj"))
                            + square(downGram(a, i), downGram(b, j)));
                    case MIXTRAL, OLMOE, QWEN2_MOE, QWEN3_MOE, DEEPSEEK_V2, DEEPSEEK_V3, LLAMA4 ->
                        whole(a, i).subtract(whole(b, j)).norm();
                };
            }
        }
        return costs;
    }

    /** The sum over hidden units of gate ⊗ up ⊗ down, [d d*d]. */
    private static Tensor whole(Parameters layer, int expert) {
        Tensor gate = map(layer, expert, "gate_proj");
        Tensor up = map(layer, expert, "up_proj");
        Tensor down = map(layer, expert, "down_proj").transpose(0, 1);
        Tensor pairs = up.unsqueeze(2).multiply(down.unsqueeze(1)).reshape(up.length(0), -1); // [h d*d]
        return gate.transpose(0, 1).matmul(pairs);
    }

    private static double kernel(Parameters one, int i, Parameters other, int j) {
        double[][] w = rows(map(one, i, "up_proj"));
        double[][] v = rows(map(one, i, "down_proj").transpose(0, 1));
        double[][] w2 = rows(map(other, j, "up_proj"));
        double[][] v2 = rows(map(other, j, "down_proj").transpose(0, 1));
        double sum = 0;
        for (int s = 0; s < w.length; s++) {
            for (int t = 0; t < w2.length; t++) {
                double lengths = Math.sqrt(dot(w[s], w[s]) * dot(w2[t], w2[t]));
                double angle = Math.acos(Math.clamp(dot(w[s], w2[t]) / lengths, -1, 1));
                sum += dot(v[s], v2[t]) * lengths
                        * (Math.sin(angle) + (Math.PI - angle) * Math.cos(angle)) / (2 * Math.PI);
            }
        }
        return sum;
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    private static double[][] rows(Tensor matrix) {
        double[] flat = matrix.contiguous().toDoubles();
        double[][] rows = new double[(int) matrix.length(0)][(int) matrix.length(1)];
        for (int i = 0; i < flat.length; i++) {
            rows[i / rows[0].length][i % rows[0].length] = flat[i];
        }
        return rows;
    }

    private static double square(Tensor one, Tensor other) {
        double norm = one.subtract(other).norm();
        return norm * norm;
    }

    private static Tensor gram(Parameters layer, int expert, String map) {
        Tensor bias = layer.get("moe.experts." + expert + "." + map + ".bias").unsqueeze(1);
        Tensor units = Tensor.concatenate(List.of(map(layer, expert, map), bias), 1);
        return units.transpose(0, 1).matmul(units);
    }

    private static Tensor downGram(Parameters layer, int expert) {
        Tensor bias = layer.get("moe.experts." + expert + ".down_proj.bias").unsqueeze(1);
        Tensor rows = Tensor.concatenate(List.of(map(layer, expert, "down_proj"), bias), 1);
        return rows.matmul(rows.transpose(0, 1));
    }

    private static Tensor map(Parameters layer, int expert, String name) {
        return layer.get("moe.experts." + expert + "." + name + ".weight");
    }

    private static MoeMatcher matcher(MoeConfig config, Parameters a, Parameters b) {
        return new MoeMatcher(ModelArchitecture.ofLayer(config, a), a::get, b::get, ExpertCosts.FUNCTIONS);
    }
}
