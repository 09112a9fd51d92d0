package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.graph.GraphConfig;
import org.thalweg.network.graph.GraphExperts;
import org.thalweg.network.moe.Experts;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** The symmetries of GMoPE with a classifier (arXiv 2511.03251). */
class GraphSymmetryTest {
    private static final GraphConfig CONFIG =
            new GraphConfig(3, new Experts.GraphConvolutions(5, 3, 2, 4, 3), false, OptionalInt.of(3));
    private static final GraphConfig ONE_PROMPT =
            new GraphConfig(3, new Experts.GraphConvolutions(5, 3, 2, 4, 3), true, OptionalInt.of(3));

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyElementOfTheGroupLeavesTheOutputsEqual(long seed) {
        for (GraphConfig config : List.of(CONFIG, ONE_PROMPT)) {
            try (Scope scope = Scope.open()) {
                Parameters model = loud(config, seed);
                Alignment g = GraphFamily.architecture(config, false).random(Random.seeded(seed));
                compare(config, model, g.apply(model)).requireVerified();
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void foldingLeavesTheOutputsEqualAndTakesAwayWhatIsNoOrderAndNoFactor(long seed) {
        GraphConfig fewer = new GraphConfig(3, new Experts.GraphConvolutions(5, 3, 2, 4, 5), false, OptionalInt.of(3));
        for (GraphConfig config : List.of(CONFIG, ONE_PROMPT, fewer)) {
            try (Scope scope = Scope.open()) {
                Parameters model = loud(config, seed);
                Parameters folded = GraphFamily.network(config).folded(model);
                compare(config, model, folded).requireVerified();
                Architecture architecture = GraphFamily.architecture(config, true);
                assertThat(architecture.dimension()).isEqualTo(3 * 4);
                compare(config, model, architecture.random(Random.seeded(seed)).apply(folded)).requireVerified();
            }
        }
    }

    /** P + Q with Q p = 0 needs another tensor, so the specification has the part GL(prompt) alone. */
    @Test
    void everythingThatKeepsWhatAPromptDoesLeavesTheOutputsEqual() {
        try (Scope scope = Scope.open()) {
            Parameters model = loud(CONFIG, 1);
            double[] p = model.get("experts.1.prompt").toDoubles();
            Tensor across = Tensor.of(new double[] {p[1], -p[0]}, 1, 2);
            Tensor any = Random.seeded(9).normal(DType.FLOAT64, 4, 1);
            compare(CONFIG, model, replaced(model, "experts.1.prompt_map.weight",
                    map -> map.add(any.matmul(across)))).requireVerified();
        }
    }

    @Test
    void exchangingPromptsWithoutTheirExpertsChangesOutputs() {
        assertVisible(model -> model.mapNamed((name, tensor) -> switch (name) {
            case "experts.0.prompt" -> model.get("experts.1.prompt");
            case "experts.1.prompt" -> model.get("experts.0.prompt");
            default -> tensor;
        }));
    }

    @Test
    void exchangingExpertsWithoutTheirPromptsChangesOutputs() {
        assertVisible(model -> model.mapNamed((name, tensor) -> name.endsWith(".prompt") ? tensor
                : model.get(name.replace("experts.0.", "experts.x.").replace("experts.1.", "experts.0.")
                        .replace("experts.x.", "experts.1."))));
    }

    @Test
    void embeddingsOfOneExpertAloneInAnotherBasisChangeOutputs() {
        Tensor rotation = LinearAlgebra.orthonormalColumns(Random.seeded(4).normal(DType.FLOAT64, 3, 3));
        assertVisible(model -> replaced(model, "experts.0.embedding.weight", rotation::matmul));
    }

    @Test
    void aNegativeFactorOfAUnitChangesOutputs() {
        assertVisible(model -> model.mapNamed((name, tensor) -> name.startsWith("experts.2.")
                && !name.endsWith(".prompt") ? tensor.multiply(-1) : tensor));
    }

    @Test
    void aFactorOfAllConfidencesIsNone() {
        // The classifier times 2 makes every expert surer, by different amounts; halving embeddings takes it back.
        assertVisible(model -> model.mapNamed((name, tensor) ->
                name.startsWith("classifier.") ? tensor.multiply(2) : tensor));
        try (Scope scope = Scope.open()) {
            Parameters model = loud(CONFIG, 5);
            compare(CONFIG, model, model.mapNamed((name, tensor) -> name.equals("classifier.weight")
                    ? tensor.multiply(2) : name.endsWith("embedding.weight") ? tensor.multiply(0.5) : tensor))
                    .requireVerified();
        }
    }

    /** Two experts of two units: any order of the four units, and of the prompts, is tried. */
    @Test
    void theFinitePartHasAsManyElementsAsBruteForceFinds() {
        GraphConfig small = new GraphConfig(2, new Experts.GraphConvolutions(4, 2, 1, 2, 2), false, OptionalInt.of(2));
        try (Scope scope = Scope.open()) {
            Parameters model = loud(small, 2);
            int found = 0;
            for (int[] units : orders(4)) {
                for (int[] prompts : orders(2)) {
                    Parameters moved = model.mapNamed((name, tensor) -> moved(model, name, units, prompts));
                    found += compare(small, model, moved).verified() ? 1 : 0;
                }
            }
            Architecture folded = GraphFamily.architecture(small, true);
            assertThat(found).isEqualTo(8);
            assertThat(Math.pow(10, folded.log10Order())).isCloseTo(8, within(1e-9));
        }
    }

    private static Tensor moved(Parameters model, String name, int[] units, int[] prompts) {
        if (name.startsWith("classifier.")) {
            return model.get(name);
        }
        int expert = name.charAt("experts.".length()) - '0';
        String rest = name.substring("experts.0".length());
        if (rest.equals(".prompt")) {
            return model.get("experts." + prompts[expert] + rest);
        }
        int axis = rest.equals(".embedding.weight") ? 1 : 0;
        List<Tensor> parts = new ArrayList<>();
        for (int unit = 2 * expert; unit < 2 * expert + 2; unit++) {
            parts.add(model.get("experts." + units[unit] / 2 + rest).narrow(axis, units[unit] % 2, 1));
        }
        return Tensor.concatenate(parts, axis);
    }

    /**
     * Directions in which weights change no output are those of the group and, for every expert, those of P that
     * GL(prompt) has not: (prompt - 1)(hidden - prompt). Units that no probe wakes add some, so the fewest count.
     */
    @Test
    void theContinuousPartHasTheDimensionOfTheJacobiansNullSpace() {
        GraphConfig small = new GraphConfig(2, new Experts.GraphConvolutions(5, 3, 2, 3, 2), false, OptionalInt.of(2));
        int fewest = Integer.MAX_VALUE;
        long group = 0;
        for (long seed = 1; seed <= 4; seed++) {
            try (Scope scope = Scope.open()) {
                Parameters model = loud(small, seed);
                group = GraphFamily.architecture(small, false).dimension();
                fewest = Math.min(fewest, nullity(small, model));
            }
        }
        long notMoved = 2 * (2 - 1) * (3 - 2);
        assertThat(group).isEqualTo(2 * 3 + 2 * 4 + 4);
        assertThat((long) fewest).isEqualTo(group + notMoved);
    }

    private static int nullity(GraphConfig config, Parameters model) {
        GraphExperts network = GraphFamily.network(config);
        int outputs = 12 * config.expert().nodes() * config.classes().orElseThrow();
        Tensor jacobian = Derivatives.byGradients(outputs, (leaves, at) ->
                network.forward(leaves, graphs(config, 12)).reshape(-1).select(0, at), model);
        double[] values = LinearAlgebra.svd(jacobian).s().toDoubles();
        int nullity = 0;
        for (double value : values) {
            double relative = value / values[0];
            assertThat(relative < 1e-13 || relative > 1e-9).as("%s is clearly one or the other", relative).isTrue();
            nullity += relative < 1e-13 ? 1 : 0;
        }
        return nullity;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void aPlantedElementIsUndoneOnceWhatActsIsFolded(long seed) {
        try (Scope scope = Scope.open()) {
            GraphExperts network = GraphFamily.network(CONFIG);
            Parameters model = loud(CONFIG, seed);
            Parameters moved = GraphFamily.architecture(CONFIG, false)
                    .random(Random.seeded(seed)).apply(model);
            Parameters a = network.folded(model);
            Parameters b = network.folded(moved);
            Parameters back = match(a, b).apply(b);
            a.asMap().forEach((name, tensor) ->
                    assertThat(back.get(name).subtract(tensor).abs().max()).as(name).isLessThan(1e-6));
        }
    }

    /**
     * Experts and their units are found at once: no other order of experts with any order of units in each of them is
     * closer in the balanced gauge.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theOrderOfUnrelatedExpertsIsTheClosestOfAll(long seed) {
        try (Scope scope = Scope.open()) {
            GraphExperts network = GraphFamily.network(CONFIG);
            Parameters a = network.folded(loud(CONFIG, seed));
            Parameters b = network.folded(loud(CONFIG, seed + 100));
            double[][] cheapestUnits = new double[3][3];
            for (int expert = 0; expert < 3; expert++) {
                for (int other = 0; other < 3; other++) {
                    double[][] distances = distances(units(a, expert), units(b, other));
                    cheapestUnits[expert][other] =
                            orders(4).stream().mapToDouble(order -> cost(distances, order)).min().orElseThrow();
                }
            }
            int[] closest = orders(3).stream()
                    .min(Comparator.comparingDouble(order -> cost(cheapestUnits, order))).orElseThrow();
            Alignment found = match(a, b);
            assertThat(found.permutation("experts").image()).containsExactly(closest);
            for (int expert = 0; expert < 3; expert++) {
                double[][] distances = distances(units(a, expert), units(b, closest[expert]));
                assertThat(cost(distances, found.permutation("experts." + expert + ".hidden").image()))
                        .isCloseTo(cheapestUnits[expert][closest[expert]], within(1e-9));
            }
        }
    }

    private static double cost(double[][] costs, int[] order) {
        return IntStream.range(0, order.length).mapToDouble(i -> costs[i][order[i]]).sum();
    }

    private static double[][] distances(double[][] a, double[][] b) {
        double[][] result = new double[a.length][b.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                for (int k = 0; k < a[i].length; k++) {
                    result[i][j] += Math.pow(a[i][k] - b[j][k], 2);
                }
            }
        }
        return result;
    }

    /** All weights of each unit, with what enters and what leaves it of equal norms. */
    private static double[][] units(Parameters model, int expert) {
        String prefix = "experts." + expert + ".";
        Tensor entering = Tensor.concatenate(List.of(model.get(prefix + "features.weight"),
                model.get(prefix + "features.bias").unsqueeze(1), model.get(prefix + "prompt_map.weight")), 1);
        Tensor leaving = model.get(prefix + "embedding.weight").transpose(0, 1); // [hidden classes]
        Tensor factor = leaving.multiply(leaving).sum(1, true)
                .divide(entering.multiply(entering).sum(1, true)).sqrt().sqrt(); // [hidden 1]
        Tensor all = Tensor.concatenate(List.of(entering.multiply(factor), leaving.divide(factor)), 1);
        return IntStream.range(0, (int) all.length(0)).mapToObj(unit -> all.select(0, unit).toDoubles())
                .toArray(double[][]::new);
    }

    private static Alignment match(Parameters a, Parameters b) {
        return new WeightMatcher(WeightMatchSettings.defaults())
                .match(GraphFamily.architecture(CONFIG, true), a::get, b::get, WorkObserver.SILENT).alignment();
    }

    private static List<int[]> orders(int size) {
        List<int[]> orders = new ArrayList<>();
        collect(new int[size], 0, orders);
        return orders;
    }

    private static void collect(int[] order, int filled, List<int[]> into) {
        if (filled == order.length) {
            into.add(order.clone());
            return;
        }
        for (int next = 0; next < order.length; next++) {
            int candidate = next;
            if (Arrays.stream(order, 0, filled).noneMatch(used -> used == candidate)) {
                order[filled] = next;
                collect(order, filled + 1, into);
            }
        }
    }

    @Test
    void theSpecificationNamesOneGroupForAllEmbeddings() {
        try (Scope scope = Scope.open()) {
            Architecture architecture = GraphFamily.architecture(CONFIG, false);
            assertThat(architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() == GroupKind.INVERTIBLE).map(space -> space.name()))
                    .containsExactly("embedding", "experts.0.prompt", "experts.1.prompt", "experts.2.prompt");
            assertThat(architecture.space("experts").group().identity()).isEqualTo(Permutation.identity(3));
        }
    }

    private static void assertVisible(UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Parameters model = loud(CONFIG, 7);
            Verification found = compare(CONFIG, model, change.apply(model));
            assertThat(found.verified()).isFalse();
            assertThat(found.maxAbsDifference()).isGreaterThan(1e-3);
        }
    }

    private static Parameters replaced(Parameters model, String name, UnaryOperator<Tensor> change) {
        return model.with(Parameters.of(Map.of(name, change.apply(model.get(name)))));
    }

    private static Verification compare(GraphConfig config, Parameters before, Parameters after) {
        return EquivalenceCheck.compare(
                model -> GraphFamily.network(config).forward(model, graphs(config, 16)), before, after, 1e-9);
    }

    private static Tensor graphs(GraphConfig config, int count) {
        return GraphFamily.network(config).inputs().random(count, 5).batches().getFirst().get();
    }

    /** Normal numbers in place of every tensor, so that every wrong move shows. */
    private static Parameters loud(GraphConfig config, long seed) {
        Random random = Random.seeded(seed);
        return DeclaredTensor.draw(GraphFamily.network(config).tensors().values(), random)
                .map(tensor -> random.normal(DType.FLOAT64, tensor.shape()));
    }
}
