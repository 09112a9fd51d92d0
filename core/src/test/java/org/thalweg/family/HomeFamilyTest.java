package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Permutation;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.HomeDecoder;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** A thinking and a non-thinking feed-forward network in every layer, and one decision for a whole query. */
class HomeFamilyTest {
    private static final double EXACT = 1e-9;
    private static final double VISIBLE = 1e-3;
    private static final String HIDDEN = "model.query_router.hidden.weight";
    private static final String HIDDEN_BIAS = "model.query_router.hidden.bias";
    private static final String ROWS = "model.query_router.output.weight";
    private static final String ROWS_BIAS = "model.query_router.output.bias";

    /** A model with texts of both kinds. */
    private record Case(HomeDecoder network, Parameters model, Tensor texts) {
        static Case of(int layers, int residual, long seed) {
            Decoder dense = SmallConfigs.decoder(SmallConfigs.parse("{model_type: llama, vocab_size: 7, hidden_size: "
                    + residual + ", num_hidden_layers: " + layers + ", num_attention_heads: 2, num_key_value_heads: 1, "
                    + "intermediate_size: 3, rms_norm_eps: 0.01, rope_theta: 100.0}"));
            HomeDecoder network = HomeFamily.network(dense, 3, 3);
            Parameters drawn = DeclaredTensor.draw(network.tensors().values(), Random.seeded(seed)).to(DType.FLOAT64);
            Tensor texts = Random.seeded(5).uniform(DType.FLOAT64, 0, 7, 40, 9).to(DType.INT64);
            // Every unit of the router acts for half of the queries, and half of them are of either kind.
            Tensor mean = drawn.get("model.embed_tokens.weight").indexSelect(0, texts.narrow(1, 0, 3).reshape(-1))
                    .reshape(40, 3, residual).mean(1, false);
            Tensor units = mean.matmul(drawn.get(HIDDEN).transpose(0, 1)); // [queries hidden]
            double[] biases = IntStream.range(0, 3).mapToDouble(unit -> -median(units.select(1, unit))).toArray();
            Parameters model = with(drawn, HIDDEN_BIAS, Tensor.of(biases, 3));
            double[] rowBiases = {median(lead(network, model, texts)), 0};
            return new Case(network, with(model, ROWS_BIAS, model.get(ROWS_BIAS).add(Tensor.of(rowBiases, 2))), texts);
        }

        Tensor outputs(Parameters some) {
            return network.forward(some, texts);
        }

        double change(Parameters moved) {
            Tensor expected = outputs(model);
            return outputs(moved).subtract(expected).abs().max() / expected.abs().max();
        }

        Architecture architecture(String... flags) {
            return HomeFamily.architecture(network, Set.of(flags));
        }

        /** The cross-entropy of the router when the labels are what this model decides. */
        double routerLoss(Parameters some) {
            Tensor labels = network.scores(model, texts).argmax(1);
            return Functions.crossEntropy(network.scores(some, texts), labels).item();
        }
    }

    /** The middle of the widest gap among the numbers around the median. */
    private static double median(Tensor numbers) {
        double[] sorted = Arrays.stream(numbers.toDoubles()).sorted().toArray();
        int widest = IntStream.range(sorted.length / 3, sorted.length * 2 / 3).boxed()
                .max(Comparator.comparingDouble(i -> sorted[i + 1] - sorted[i])).orElseThrow();
        return (sorted[widest] + sorted[widest + 1]) / 2;
    }

    /** How much more the router holds of thinking, [queries]. */
    private static Tensor lead(HomeDecoder network, Parameters model, Tensor texts) {
        Tensor scores = network.scores(model, texts);
        return scores.select(1, HomeDecoder.THINKING).subtract(scores.select(1, HomeDecoder.DIRECT));
    }

    private static Tensor swapped(Tensor rows) {
        return rows.indexSelect(0, Tensor.indices(new int[] {1, 0}));
    }

    private static Parameters with(Parameters model, String name, Tensor tensor) {
        return model.with(Parameters.of(Map.of(name, tensor)));
    }

    /** The model with the rows of the router exchanged, or the branches of some layers. */
    private static Parameters exchanged(Parameters model, boolean router, Set<Integer> layers) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        model.asMap().forEach((name, tensor) -> {
            String other = name;
            for (int layer : layers) {
                String place = "layers." + layer + ".mlp.branches.";
                other = name.contains(place + 0) ? name.replace(place + 0, place + 1)
                        : name.contains(place + 1) ? name.replace(place + 1, place + 0) : other;
            }
            boolean isRows = name.equals(ROWS) || name.equals(ROWS_BIAS);
            result.put(name, isRows && router ? swapped(tensor) : model.get(other));
        });
        return Parameters.of(result);
    }

    @Test
    void oneDecisionForTheQueryHoldsInAllLayersAndForAllTokens() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 8, 1);
            long[] branches = one.network.scores(one.model, one.texts).argmax(1).toLongs();
            assertThat(IntStream.range(0, 40).mapToLong(i -> branches[i]).sum()).isBetween(10L, 30L);
            Tensor outputs = one.outputs(one.model);
            // With one branch in the place of both, a text has the outputs of the branch that it was sent to.
            for (int branch = 0; branch < 2; branch++) {
                Map<String, Tensor> only = new LinkedHashMap<>(one.model.asMap());
                for (String name : one.model.names()) {
                    if (name.contains("branches." + (1 - branch))) {
                        only.put(name, one.model.get(name.replace("branches." + (1 - branch), "branches." + branch)));
                    }
                }
                Tensor alone = one.outputs(Parameters.of(only));
                for (int text = 0; text < branches.length; text++) {
                    double difference = outputs.select(0, text).subtract(alone.select(0, text)).abs().max();
                    assertThat(difference < EXACT).as("text %s", text).isEqualTo(branches[text] == branch);
                }
            }
        }
    }

    @Test
    void theWholeGroupKeepsOutputsAndDecisions() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 8, 1);
            for (long seed = 0; seed < 5; seed++) {
                Parameters moved = one.architecture().random(Random.seeded(seed)).apply(one.model);
                assertThat(one.change(moved)).isLessThan(EXACT);
                assertThat(moved.get(ROWS).subtract(one.model.get(ROWS)).abs().max()).isGreaterThan(VISIBLE);
            }
        }
    }

    @Test
    void branchesChangePlacesAsAFunctionButNotForTheLabels() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 8, 1);
            Architecture unlabelled = one.architecture("unlabelled");
            Alignment exchange = unlabelled.identity().with("branches", new Permutation(new int[] {1, 0}));
            Parameters moved = exchange.apply(one.model);
            assertThat(one.change(moved)).isLessThan(EXACT);
            assertThat(one.routerLoss(moved) - one.routerLoss(one.model)).isGreaterThan(VISIBLE);
            assertThat(one.architecture().space("branches").group().log10Order()).isZero();
            assertThat(unlabelled.log10Order() - one.architecture().log10Order())
                    .isCloseTo(Math.log10(2), within(1e-9));
        }
    }

    @Test
    void ofAllExchangesOfRowsAndBranchesTheOneOfAllAtOnceAloneKeepsTheFunction() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 8, 1);
            List<String> kept = new ArrayList<>();
            for (boolean router : new boolean[] {false, true}) {
                for (Set<Integer> layers : List.of(Set.<Integer>of(), Set.of(0), Set.of(1), Set.of(0, 1))) {
                    double change = one.change(exchanged(one.model, router, layers));
                    assertThat(change < EXACT || change > VISIBLE).isTrue();
                    if (change < EXACT) {
                        kept.add(router + " " + layers.size());
                    }
                }
            }
            assertThat(kept).containsExactly("false 0", "true 2");
        }
    }

    @Test
    void whatIsNoSymmetryChangesOutputs() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 8, 1);
            Tensor rows = one.model.get(ROWS);
            String gate = "model.layers.0.mlp.branches.1.gate_proj.weight";
            Tensor first = Tensor.of(new double[] {1, 0}, 2, 1);
            // Both rows change sign; one row is shifted; one is stretched; ReLU units or a gate map change sign.
            assertThat(one.change(with(with(one.model, ROWS, rows.multiply(-1)), ROWS_BIAS,
                    one.model.get(ROWS_BIAS).multiply(-1)))).isGreaterThan(VISIBLE);
            assertThat(one.change(with(one.model, ROWS, rows.add(first.multiply(3))))).isGreaterThan(VISIBLE);
            assertThat(one.change(with(one.model, ROWS, rows.add(rows.multiply(first).multiply(9)))))
                    .isGreaterThan(VISIBLE);
            assertThat(one.change(with(with(one.model, HIDDEN, one.model.get(HIDDEN).multiply(-1)), ROWS,
                    rows.multiply(-1)))).isGreaterThan(VISIBLE);
            assertThat(one.change(with(one.model, gate, one.model.get(gate).multiply(-1)))).isGreaterThan(VISIBLE);
        }
    }

    /**
     * Outputs do not change with the router's weights, but where they jump. So its null directions are counted at the
     * difference of its two scores, whose sign decides, up to a positive factor.
     */
    @Test
    void nullDirectionsAreThoseOfTheGroup() {
        int notMoved = 6; // Rotations of a stream of 4 at gains that are not 1.
        try (Scope scope = Scope.open()) {
            Case one = Case.of(1, 4, 1);
            double[] values = LinearAlgebra.svd(jacobian(one)).s().toDoubles();
            int none = (int) Arrays.stream(values).filter(value -> value < 1e-10 * values[0]).count();
            assertThat(none).isEqualTo((int) one.architecture().dimension() + notMoved);
        }
    }

    private static Tensor jacobian(Case one) {
        Tensor queries = Random.seeded(6).uniform(DType.FLOAT64, 0, 7, 300, 3).to(DType.INT64);
        return Derivatives.byDifferences(moved -> {
            Tensor lead = lead(one.network, moved, queries);
            return Tensor.concatenate(List.of(one.outputs(moved).reshape(-1), lead.multiply(1 / lead.norm())), 0);
        }, one.model);
    }

    @Test
    void plantedElementsAreFound() {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(2, 16, 1);
            Architecture architecture = one.architecture();
            for (long seed = 0; seed < 3; seed++) {
                Parameters moved = architecture.random(Random.seeded(seed)).apply(one.model);
                Parameters back = match(architecture, one.model, moved).apply(moved);
                for (String name : back.names()) {
                    double largest = one.model.get(name).abs().max();
                    assertThat(back.get(name).subtract(one.model.get(name)).abs().max() / largest)
                            .as(name).isLessThan(1e-5);
                }
            }
        }
    }

    private static Alignment match(Architecture architecture, Parameters reference, Parameters model) {
        return new WeightMatcher(WeightMatchSettings.defaults())
                .match(architecture, reference::get, model::get, WorkObserver.SILENT).alignment();
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void unitsOfABranchArePairedAsTheBestOfAllOrdersPairsThem(int branch) {
        try (Scope scope = Scope.open()) {
            Case one = Case.of(1, 16, 1);
            String place = "model.layers.0.mlp.branches." + branch + ".";
            String space = "layers.0.branches." + branch + ".hidden";
            for (long seed = 0; seed < 4; seed++) {
                Random random = Random.seeded(seed);
                Parameters noisy = one.model.mapNamed((name, tensor) -> name.startsWith(place)
                        ? tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(0.15)) : tensor);
                Parameters moved = one.architecture().random(random, List.of(space)).apply(noisy);
                Alignment found = match(one.architecture(), one.model, moved);
                Permutation best = Permutation.all(3).stream()
                        .min((p, q) -> Double.compare(distance(one, moved, place, p), distance(one, moved, place, q)))
                        .orElseThrow();
                assertThat(found.permutation(space).image()).isEqualTo(best.image());
            }
        }
    }

    /** Of two branches, in the better sign of every unit. */
    private static double distance(Case one, Parameters moved, String place, Permutation order) {
        double sum = 0;
        for (int unit = 0; unit < 3; unit++) {
            int other = order.image()[unit];
            Tensor[] a = unit(one.model, place, unit);
            Tensor[] b = unit(moved, place, other);
            double least = Double.POSITIVE_INFINITY;
            for (int sign : new int[] {-1, 1}) {
                least = Math.min(least, squared(a[1].subtract(b[1].multiply(sign)))
                        + squared(a[2].subtract(b[2].multiply(sign))));
            }
            sum += squared(a[0].subtract(b[0])) + least;
        }
        return sum;
    }

    private static Tensor[] unit(Parameters model, String place, int unit) {
        return new Tensor[] {
            model.get(place + "gate_proj.weight").select(0, unit), model.get(place + "up_proj.weight").select(0, unit),
            model.get(place + "down_proj.weight").select(1, unit)};
    }

    private static double squared(Tensor vector) {
        return vector.norm() * vector.norm();
    }

    @Test
    void bothBranchesBeginAsTheDenseNetwork() {
        try (Scope scope = Scope.open()) {
            Decoder dense = SmallConfigs.decoder(SmallConfigs.of("llama"));
            Parameters model = dense.initialise(Random.seeded(1)).to(DType.FLOAT64);
            HomeDecoder home = HomeFamily.network(dense, 4, 5);
            Parameters router = DeclaredTensor.draw(home.tensors().values(), Random.seeded(2)).to(DType.FLOAT64);
            Parameters doubled = home.doubled(dense, model, router);
            Tensor texts = dense.inputs().random(6, 3).batches().getFirst().get();
            assertThat(home.forward(doubled, texts).sameAs(dense.forward(model, texts))).isTrue();
            assertThat(doubled.names()).isEqualTo(home.tensors().keySet());
            assertThatThrownBy(() -> HomeFamily.network(dense, 0, 5)).isInstanceOf(WrongUse.class)
                    .hasMessageContaining("both are at least 1");
        }
    }
}
