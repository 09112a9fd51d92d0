package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.operator.OperatorConfig;
import org.thalweg.network.operator.OperatorConfig.FeedForward;
import org.thalweg.network.operator.OperatorTransformer;
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

/** MoE-POT's symmetries: those of its specification hold, near misses do not, and no others are continuous. */
class OperatorTransformerTest {
    private static final FeedForward TWO_OF_THREE = new FeedForward.Routed(3, 2, 2, 0.5);
    private static final OperatorConfig SMALL = new OperatorConfig(8, 2, 2, 4, 2, TWO_OF_THREE);

    static Stream<OperatorConfig> configs() {
        return Stream.of(SMALL,
                new OperatorConfig(8, 2, 2, 4, 1, new FeedForward.Routed(3, 1, 3, 2)),
                new OperatorConfig(9, 3, 3, 3, 2, new FeedForward.Plain(5)));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void elementsOfTheGroupChangeNoOutput(OperatorConfig config) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(config, 1);
            Architecture architecture = OperatorFamily.architecture(config);
            for (long seed = 0; seed < 5; seed++) {
                Verification found = compared(config, model,
                        architecture.random(Random.seeded(seed)).apply(model));
                assertThat(found.maxRelDifference()).isLessThan(1e-9);
            }
        }
    }

    @Test
    void aFactorOfRouterAndTemperatureTogetherChangesNothing() {
        try (Scope scope = Scope.open()) {
            Parameters model = model(SMALL, 1);
            Tensor inputs = inputs(SMALL);
            Tensor folded = OperatorFamily.network(SMALL).at(1).forward(routers(model, 1 / 0.5), inputs);
            assertThat(folded.subtract(OperatorFamily.network(SMALL).forward(model, inputs)).abs().max())
                    .isLessThan(1e-12);
        }
    }

    @Test
    void nearMissesAreVisible() {
        assertVisible(model -> routers(model, 1.7));
        // Routed experts have one order for all channels, shared ones an order in each.
        assertVisible(model -> exchanged(model, "blocks.0.experts.0.", "blocks.0.experts.1.", 1));
        assertVisible(model -> exchanged(model, "blocks.0.experts.0.", "blocks.0.experts.1.", 4));
        // The second copy of channel 0 and the first of channel 1.
        assertVisible(model -> ordered(model, "blocks.0.shared.", 0, 0, 2, 1, 3, 4, 5, 6, 7));
        // Features reordered for all experts but not for the gate, and for the gate but not for its experts.
        assertVisible(model -> ordered(model, "blocks.0.gate.wide.weight", 1, 1, 0, 2, 3));
        assertVisible(model -> ordered(model, "blocks.0.experts.1.weight", 1, 1, 0, 2, 3));
        // Only the last layer of the gate may be shifted; a GELU has no free factor.
        assertVisible(model -> changed(model, "blocks.0.gate.narrow.bias", bias -> bias.add(1)));
        assertVisible(model -> model.mapNamed((name, tensor) -> switch (name) {
            case "blocks.0.features.weight", "blocks.0.features.bias" -> tensor.multiply(2);
            case "blocks.0.gate.wide.weight", "blocks.0.shared.weight", "blocks.0.experts.0.weight",
                    "blocks.0.experts.1.weight", "blocks.0.experts.2.weight" -> tensor.multiply(0.5);
            default -> tensor;
        }));
        // Real and imaginary parts have one order.
        assertVisible(model -> changed(model, "blocks.0.mixer.in.weight", w -> Tensor.concatenate(
                List.of(w.narrow(0, 1, 1), w.narrow(0, 0, 1)), 0)));
    }

    @Test
    void ordersThatChangeNothingAreAsManyAsTheSpecificationSays() {
        try (Scope scope = Scope.open()) {
            Parameters model = model(SMALL, 1);
            int gates = 0;
            int features = 0;
            for (int[] rows : orders(3)) {
                for (int[] experts : orders(3)) {
                    gates += isSame(SMALL, model, withExperts(
                            ordered(model, "blocks.0.router.", 0, rows), experts)) ? 1 : 0;
                }
            }
            for (int[] gate : orders(4)) {
                for (int[] others : orders(4)) {
                    Parameters moved = ordered(model, "blocks.0.features.", 0, gate);
                    moved = ordered(moved, "blocks.0.gate.wide.weight", 1, gate);
                    moved = ordered(moved, "blocks.0.shared.weight", 1, others);
                    for (int expert = 0; expert < 3; expert++) {
                        moved = ordered(moved, "blocks.0.experts." + expert + ".weight", 1, others);
                    }
                    features += isSame(SMALL, model, moved) ? 1 : 0;
                }
            }
            assertThat(gates).as("of 36 orders of rows and experts").isEqualTo(6);
            assertThat(features).as("of 576 orders for the gate and for experts").isEqualTo(24);
            OperatorConfig narrow = new OperatorConfig(8, 2, 2, 2, 1, new FeedForward.Routed(3, 2, 2, 0.5));
            Parameters small = model(narrow, 2);
            long shared = orders(4).stream()
                    .filter(order -> isSame(narrow, small, ordered(small, "blocks.0.shared.", 0, order))).count();
            assertThat(shared).as("of 24 orders of two channels' two rows").isEqualTo(4);
        }
    }

    @Test
    void theOrderOfTheFinitePartIsTheProductOfItsSpaces() {
        try (Scope scope = Scope.open()) {
            // Stream 4!, patches 4!; in each of two blocks modes 4!, features 4!, wide 8!, squeezed 1, narrow 4!,
            // experts 3!, and two shared experts in four channels.
            double block = 3 * log10(4) + log10(8) + log10(3) + 4 * log10(2);
            assertThat(OperatorFamily.architecture(SMALL).log10Order())
                    .isCloseTo(2 * log10(4) + 2 * block, within(1e-9));
        }
    }

    @ParameterizedTest
    @MethodSource("jacobians")
    void nullDirectionsAreThoseOfTheGroup(OperatorConfig config, int notMoved) {
        try (Scope scope = Scope.open()) {
            int least = Integer.MAX_VALUE;
            for (long seed = 1; seed <= 3; seed++) {
                Parameters model = model(config, seed);
                double[] found = LinearAlgebra.svd(jacobian(OperatorFamily.network(config), model)).s().toDoubles();
                least = Math.min(least, (int) IntStream.range(0, found.length)
                        .filter(i -> found[i] < 1e-10 * found[0]).count());
            }
            assertThat(least).isEqualTo(
                    (int) OperatorFamily.architecture(config).dimension() + notMoved);
        }
    }

    static Stream<Arguments> jacobians() {
        // Shift of the router 2 + 1 and the factor of the gate's squeezed unit. Without experts rotations of the
        // stream, and a constant on it that the last bias takes back, one number for each channel.
        return Stream.of(arguments(new OperatorConfig(8, 2, 2, 2, 1, TWO_OF_THREE), 0),
                arguments(new OperatorConfig(8, 2, 2, 2, 1, new FeedForward.Plain(3)), 2));
    }

    @Test
    void aMovedModelIsMovedBack() {
        try (Scope scope = Scope.open()) {
            OperatorConfig config = new OperatorConfig(16, 2, 4, 8, 2, new FeedForward.Routed(4, 2, 2, 0.5));
            Parameters model = model(config, 3);
            Architecture architecture = OperatorFamily.architecture(config);
            for (long seed = 0; seed < 3; seed++) {
                Parameters moved = architecture.random(Random.seeded(seed)).apply(model);
                Parameters back = matched(architecture, model, moved).apply(moved);
                model.names().forEach(name -> assertThat(
                        back.get(name).subtract(model.get(name)).abs().max()).as(name).isLessThan(1e-9));
            }
        }
    }

    @Test
    void theOrderOfExpertsIsTheBestOfAll() {
        try (Scope scope = Scope.open()) {
            OperatorConfig config = new OperatorConfig(16, 2, 4, 8, 1, new FeedForward.Routed(4, 2, 2, 0.5));
            Parameters model = model(config, 3);
            Architecture architecture = OperatorFamily.architecture(config);
            List<String> orders = architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() == GroupKind.PERMUTATION)
                    .map(space -> space.name()).toList();
            Alignment planted = architecture.random(Random.seeded(5), orders);
            Parameters noisy = model.mapNamed((name, tensor) -> tensor.add(Random.seeded(name.hashCode())
                    .normal(DType.FLOAT64, tensor.shape()).multiply(0.3 * tensor.norm() / Math.sqrt(tensor.size()))));
            Parameters moved = planted.apply(noisy);
            Alignment found = matched(architecture, model, moved);
            assertThat(found.compose(planted).elements().keySet()).as("what is left of orders")
                    .noneMatch(orders::contains);
            double reached = distance(model, found.apply(moved));
            for (int[] order : orders(4)) {
                Alignment other = found.with("blocks.0.experts", new Permutation(order));
                assertThat(distance(model, other.apply(moved))).isGreaterThanOrEqualTo(reached - 1e-9);
            }
        }
    }

    @Test
    void sizesThatMakeNoNetworkAreRefusedInOneSentence() {
        assertThatThrownBy(() -> new OperatorConfig(64, 6, 4, 32, 2, new FeedForward.Routed(3, 4, 2, 1)))
                .isInstanceOf(WrongUse.class)
                .hasMessage("the gate selects k = 4 of 3 experts; choose k between 1 and the number of experts.");
        assertThatThrownBy(() -> new OperatorConfig(64, 6, 5, 32, 2, TWO_OF_THREE)).isInstanceOf(WrongUse.class)
                .hasMessage("a patch of 5 points does not divide a grid of 64; choose a divisor.");
    }

    private static Alignment matched(Architecture architecture, Parameters model, Parameters moved) {
        return new WeightMatcher(WeightMatchSettings.defaults())
                .match(architecture, model::get, moved::get, WorkObserver.SILENT).alignment();
    }

    private static double distance(Parameters one, Parameters other) {
        return one.names().stream().mapToDouble(name -> Math.pow(one.get(name).subtract(other.get(name)).norm(), 2))
                .sum();
    }

    /** Weights large enough that inputs choose different experts. */
    private static Parameters model(OperatorConfig config, long seed) {
        return OperatorFamily.network(config).initialise(Random.seeded(seed)).to(DType.FLOAT64)
                .map(tensor -> tensor.multiply(2.5));
    }

    private static Tensor inputs(OperatorConfig config) {
        return OperatorFamily.network(config).inputs().random(60, 5).batches().getFirst().get();
    }

    private static Verification compared(OperatorConfig config, Parameters model, Parameters other) {
        Tensor inputs = inputs(config);
        return EquivalenceCheck.compare(p -> OperatorFamily.network(config).forward(p, inputs), model, other, 1e-9);
    }

    private static boolean isSame(OperatorConfig config, Parameters model, Parameters other) {
        try (Scope scope = Scope.open()) {
            return compared(config, model, other).maxRelDifference() < 1e-9;
        }
    }

    private static void assertVisible(UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(SMALL, 1);
            assertThat(compared(SMALL, model, change.apply(model)).maxAbsDifference()).isGreaterThan(1e-3);
        }
    }

    private static Parameters changed(Parameters model, String name, UnaryOperator<Tensor> change) {
        return model.mapNamed((other, tensor) -> other.equals(name) ? change.apply(tensor) : tensor);
    }

    private static Parameters routers(Parameters model, double factor) {
        return model.mapNamed((name, tensor) -> name.contains(".router.") ? tensor.multiply(factor) : tensor);
    }

    /** Tensors whose names begin so, along one axis in another order. */
    private static Parameters ordered(Parameters model, String prefix, int axis, int... order) {
        return model.mapNamed((name, tensor) ->
                name.startsWith(prefix) ? new Permutation(order).applyTo(tensor, axis) : tensor);
    }

    /** The first outputs of two experts exchanged. */
    private static Parameters exchanged(Parameters model, String one, String other, int outputs) {
        return model.mapNamed((name, tensor) -> {
            if (!name.startsWith(one) && !name.startsWith(other)) {
                return tensor;
            }
            Tensor source = model.get(name.startsWith(one) ? name.replace(one, other) : name.replace(other, one));
            return Tensor.concatenate(List.of(source.narrow(0, 0, outputs),
                    tensor.narrow(0, outputs, tensor.length(0) - outputs)), 0);
        });
    }

    private static Parameters withExperts(Parameters model, int[] order) {
        return model.mapNamed((name, tensor) -> name.startsWith("blocks.0.experts.")
                ? model.get("blocks.0.experts." + order[name.charAt(17) - '0'] + name.substring(18)) : tensor);
    }

    private static List<int[]> orders(int size) {
        List<int[]> orders = new ArrayList<>();
        int count = 1;
        for (int i = 2; i <= size; i++) {
            count *= i;
        }
        for (int number = 0; number < count; number++) {
            List<Integer> left = new ArrayList<>(IntStream.range(0, size).boxed().toList());
            int[] order = new int[size];
            int rest = number;
            for (int i = 0; i < size; i++) {
                order[i] = left.remove(rest % left.size());
                rest /= size - i;
            }
            orders.add(order);
        }
        return orders;
    }

    private static double log10(int size) {
        return new Group(GroupKind.PERMUTATION, size).log10Order();
    }

    /** Derivatives of all outputs by all weights, [weights outputs], by differences of fourth order. */
    private static Tensor jacobian(OperatorTransformer network, Parameters model) {
        Tensor input = inputs(network.config());
        return Derivatives.byDifferences(moved -> network.forward(moved, input), model);
    }
}
