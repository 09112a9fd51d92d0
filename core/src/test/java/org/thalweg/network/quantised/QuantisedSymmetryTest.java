package org.thalweg.network.quantised;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.family.QuantisedFamily;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.Polishing;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.StartSettings;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Derivatives;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** The group of the specification {@code curious-qmoe}, on models whose weights were rounded. */
class QuantisedSymmetryTest {
    private static final double[] MIXED = {1.58, 4, 4, 8, 16};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyElementOfTheGroupLeavesOutputsAsTheyAre(long seed) {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(new QuantisedConfig.Gate(1 + (int) seed % 2, 0.3, 0), MIXED);
            Parameters model = network.rounded(SmallMoe.loud(network, seed));
            Tensor x = SmallMoe.inputs(100);
            Architecture architecture = QuantisedFamily.architecture(network.config());
            Parameters moved = architecture.random(Random.seeded(seed)).apply(model);
            Tensor before = network.onRounded().forward(model, x);
            assertThat(SmallMoe.difference(network.onRounded().forward(moved, x), before)).isLessThan(1e-9);
            assertThat(SmallMoe.difference(moved.get("router.0.weight"), model.get("router.0.weight")))
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void onlyExpertsOfEqualPrecisionMayChangePlaces() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(2, 4, 4, 8);
            Parameters model = SmallMoe.loud(network, 2);
            Tensor x = SmallMoe.inputs(200);
            Tensor before = network.forward(model, x);
            int symmetries = 0;
            for (int[] order : orders(4)) {
                double difference = SmallMoe.difference(network.forward(exchanged(network, model, order), x), before);
                assertThat(difference < 1e-9 || difference > 1e-3).as("%s", difference).isTrue();
                symmetries += difference < 1e-9 ? 1 : 0;
            }
            assertThat(symmetries).isEqualTo(2);
            Architecture architecture = QuantisedFamily.architecture(network.config());
            double order = architecture.spaces().values().stream()
                    .filter(space -> space.name().matches("classes\\.\\d+\\.experts"))
                    .mapToDouble(space -> space.group().log10Order()).sum();
            assertThat(Math.round(Math.pow(10, order))).isEqualTo(2);
        }
    }

    /** Experts with their rows of the gate, whatever their classes. */
    private static Parameters exchanged(QuantisedMoe network, Parameters model, int[] order) {
        QuantisedConfig config = network.config();
        List<String> prefixes = IntStream.range(0, config.experts())
                .mapToObj(e -> "classes." + config.classOf(e) + ".experts." + config.placeOf(e) + ".").toList();
        Map<String, Tensor> result = new LinkedHashMap<>(model.asMap());
        for (String end : List.of("gate.weight", "gate.bias")) {
            List<Tensor> rows = IntStream.range(0, config.experts()).mapToObj(e -> model.get(
                    "classes." + config.classOf(e) + "." + end).narrow(0, config.placeOf(e), 1)).toList();
            for (int one = 0; one < config.classes().size(); one++) {
                int which = one;
                result.put("classes." + one + "." + end, Tensor.concatenate(IntStream.range(0, config.experts())
                        .filter(e -> config.classOf(e) == which).mapToObj(e -> rows.get(order[e])).toList(), 0));
            }
        }
        for (int expert = 0; expert < order.length; expert++) {
            String from = prefixes.get(order[expert]);
            String to = prefixes.get(expert);
            model.asMap().forEach((name, tensor) -> {
                if (name.startsWith(from)) {
                    result.put(to + name.substring(from.length()), tensor);
                }
            });
        }
        return Parameters.of(result);
    }

    @Test
    void nearMissesChangeOutputs() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(1.58, 4, 4, 8).onRounded();
            Parameters model = network.rounded(SmallMoe.loud(network, 3));
            Tensor x = SmallMoe.inputs(300);
            Tensor before = network.forward(model, x);
            Permutation swap = new Permutation(new int[] {1, 0});
            Permutation cycle = new Permutation(new int[] {1, 2, 3, 4, 0});
            Map<String, Parameters> misses = new LinkedHashMap<>();
            misses.put("the gate scaled", model.mapNamed((name, tensor) ->
                    name.contains(".gate.") ? tensor.multiply(1.7) : tensor));
            misses.put("experts without their rows", model.with(Parameters.of(Map.of(
                    "classes.1.gate.weight", swap.applyTo(model.get("classes.1.gate.weight"), 0)))));
            misses.put("units of one matrix", model.with(Parameters.of(Map.of("classes.1.experts.0.dense.0.weight",
                    cycle.applyTo(model.get("classes.1.experts.0.dense.0.weight"), 0)))));
            misses.put("one score", model.with(Parameters.of(Map.of("classes.0.gate.bias",
                    model.get("classes.0.gate.bias").add(1)))));
            // Rounded inputs have no mean of 0, unlike those of plain maps.
            misses.put("rows of a ternary map", model.with(Parameters.of(Map.of("classes.0.experts.0.dense.0.weight",
                    model.get("classes.0.experts.0.dense.0.weight")
                            .add(Tensor.of(new double[] {1, 0, 0, 0, 0}, 5, 1))))));
            misses.put("one gain in front of a normalisation", model.with(Parameters.of(Map.of(
                    "classes.1.experts.0.norm.0.weight", model.get("classes.1.experts.0.norm.0.weight")
                            .multiply(Tensor.of(new double[] {3, 1, 1, 1, 1}, 5))))));
            misses.forEach((what, changed) -> assertThat(SmallMoe.difference(network.forward(changed, x), before))
                    .as(what).isGreaterThan(1e-3));
        }
    }

    /** What the specification's comment names is counted here: width - 1 directions for each hidden layer. */
    @Test
    void nullDirectionsOfPlainMapsAreThoseOfTheGroupAndTheRowsThatItLeavesOut() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(32, 32);
            long least = Long.MAX_VALUE;
            long expected = 0;
            // A unit that is on or off for all inputs adds directions, so several models are drawn.
            for (long seed = 1; seed <= 8; seed++) {
                Parameters model = SmallMoe.declared(network, seed);
                double[] found = LinearAlgebra.svd(jacobian(network, model)).s().toDoubles();
                long rank = Arrays.stream(found).filter(value -> value / found[0] > 1e-11).count();
                least = Math.min(least, model.elements() - rank);
                int leftOut = network.config().experts()
                        * network.config().expertWidths().stream().mapToInt(width -> width - 1).sum();
                expected = QuantisedFamily.architecture(network.config()).dimension() + leftOut;
            }
            assertThat(least).isEqualTo(expected);
        }
    }

    /** [outputs weights] by gradients, since differences would step over kinks. */
    private static Tensor jacobian(QuantisedMoe network, Parameters model) {
        int inputs = 80;
        int classes = network.config().outputs();
        Tensor x = SmallMoe.inputs(inputs);
        return Derivatives.byGradients(inputs * classes, (leaves, at) -> network
                .forward(leaves, x.narrow(0, at / classes, 1)).select(1, at % classes).sum(), model);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void plantedOrdersAreFoundAgain(long seed) {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(MIXED);
            Parameters model = network.rounded(SmallMoe.loud(network, seed));
            Architecture architecture = QuantisedFamily.architecture(network.config());
            List<String> orders = architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() == GroupKind.PERMUTATION)
                    .map(space -> space.name()).toList();
            Parameters moved = architecture.random(Random.seeded(seed), orders).apply(model);
            Parameters back = match(architecture, model, moved, WeightMatchSettings.defaults()).apply(moved);
            back.asMap().forEach((name, tensor) ->
                    assertThat(SmallMoe.difference(tensor, model.get(name))).as(name).isLessThan(1e-9));
            Parameters turned = architecture.random(Random.seeded(seed)).apply(model);
            Tensor x = SmallMoe.inputs(100);
            Parameters found = match(architecture, model, turned, WeightMatchSettings.defaults()).apply(turned);
            assertThat(SmallMoe.difference(
                    network.onRounded().forward(found, x), network.onRounded().forward(model, x))).isLessThan(1e-9);
        }
    }

    private static Alignment match(
            Architecture architecture, Parameters reference, Parameters model, WeightMatchSettings settings) {
        return new WeightMatcher(settings).match(architecture, reference::get, model::get, WorkObserver.SILENT)
                .alignment();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderOfAClassIsTheCheapestOfAll(long seed) {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(1.58, 4, 4, 4);
            Parameters a = network.rounded(SmallMoe.loud(network, seed));
            // The same router with other rows of the gate, so that none is right.
            Parameters b = a.with(SmallMoe.loud(network, seed + 100).filter(name -> name.contains(".gate.")));
            Architecture architecture = QuantisedFamily.architecture(network.config());
            WeightMatchSettings byGate = new WeightMatchSettings(
                    ExpertOrdering.GATE, ResidualMatching.AUTO, MatchingGauge.BALANCED_DISCRETE)
                    .with(new StartSettings(1, 0, Polishing.NONE));
            int[] found = match(architecture, a, b, byGate).permutation("classes.1.experts").image();
            double[][] rowsOfA = gate(architecture, a);
            double[][] rowsOfB = gate(architecture, b);
            int[] cheapest = orders(3).stream()
                    .min(Comparator.comparingDouble(order -> cost(rowsOfA, rowsOfB, order))).orElseThrow();
            assertThat(found).containsExactly(cheapest);
        }
    }

    /** Rows and biases of class 1 in the balanced gauge. */
    private static double[][] gate(Architecture architecture, Parameters model) {
        Parameters balanced = BalancedGauge.of(architecture, model::get).apply(model);
        double[] weights = balanced.get("classes.1.gate.weight").toDoubles();
        double[] biases = balanced.get("classes.1.gate.bias").toDoubles();
        int width = weights.length / biases.length;
        return IntStream.range(0, biases.length).mapToObj(row -> {
            double[] numbers = Arrays.copyOfRange(weights, row * width, row * width + width + 1);
            numbers[width] = biases[row];
            return numbers;
        }).toArray(double[][]::new);
    }

    private static double cost(double[][] a, double[][] b, int[] order) {
        double sum = 0;
        for (int i = 0; i < order.length; i++) {
            for (int k = 0; k < a[i].length; k++) {
                sum += (a[i][k] - b[order[i]][k]) * (a[i][k] - b[order[i]][k]);
            }
        }
        return sum;
    }

    private static List<int[]> orders(int size) {
        List<int[]> orders = List.of(new int[0]);
        for (int length = 0; length < size; length++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] order : orders) {
                for (int next = 0; next < size; next++) {
                    int candidate = next;
                    if (Arrays.stream(order).noneMatch(taken -> taken == candidate)) {
                        int[] one = Arrays.copyOf(order, order.length + 1);
                        one[order.length] = next;
                        longer.add(one);
                    }
                }
            }
            orders = longer;
        }
        return orders;
    }
}
