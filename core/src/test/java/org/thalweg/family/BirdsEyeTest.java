package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.birdseye.BirdsEye;
import org.thalweg.network.birdseye.BirdsEyeConfig;
import org.thalweg.network.birdseye.BirdsEyeConfig.Block;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Two agents' bird's-eye view: what it computes, and which changes of its weights change nothing. */
class BirdsEyeTest {
    private static final Block EXPERTS = new Block.Experts(
            new MoeConfig(3, new Gating.Sparse(2), List.of(3), UnitFunction.RELU));
    private static final Block FFN = new Block.FeedForward(4);
    private static final OptionalDouble SKIP = OptionalDouble.empty();

    private static BirdsEyeConfig config(Block encoder, Block decoder, boolean fuses, OptionalDouble epsilon) {
        return new BirdsEyeConfig(new BirdsEyeScene(4, 1, 0, 2, 1, 2), 4, encoder, decoder, fuses, epsilon);
    }

    static Stream<BirdsEyeConfig> configs() {
        List<BirdsEyeConfig> configs = new ArrayList<>();
        for (boolean fuses : new boolean[] {false, true}) {
            for (OptionalDouble epsilon : List.of(SKIP, OptionalDouble.of(1e-5))) {
                configs.add(config(FFN, FFN, fuses, epsilon));
                configs.add(config(EXPERTS, FFN, fuses, epsilon));
                configs.add(config(FFN, EXPERTS, fuses, epsilon));
                configs.add(config(EXPERTS, EXPERTS, fuses, epsilon));
            }
        }
        return configs.stream();
    }

    private static Parameters model(BirdsEyeConfig config, long seed) {
        return DeclaredTensor.draw(BirdsEyeFamily.network(config).tensors().values(), Random.seeded(seed))
                .to(DType.FLOAT64);
    }

    private static Verification compare(BirdsEyeConfig config, Parameters before, Parameters after) {
        BirdsEye network = BirdsEyeFamily.network(config);
        Tensor input = network.inputs().random(32, 7).batches().getFirst().get();
        return EquivalenceCheck.compare(model -> network.forward(model, input), before, after, 1e-9);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void everyElementOfTheGroupLeavesOutputsEqual(BirdsEyeConfig config) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(config, 1);
            Architecture architecture = BirdsEyeFamily.architecture(config);
            Set<String> moved = new HashSet<>();
            for (long seed = 0; seed < 8; seed++) {
                Alignment element = architecture.random(Random.seeded(seed));
                moved.addAll(element.elements().keySet());
                compare(config, model, element.apply(model)).requireVerified();
            }
            assertThat(moved).isEqualTo(architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() != GroupKind.NONE)
                    .map(Space::name).collect(Collectors.toSet()));
        }
    }

    @Test
    void whatLooksLikeASymmetryAndIsNoneChangesOutputs() {
        BirdsEyeConfig skip = config(EXPERTS, EXPERTS, true, SKIP);
        BirdsEyeConfig postNorm = config(EXPERTS, EXPERTS, true, OptionalDouble.of(1e-5));
        for (int block = 0; block < 2; block++) {
            String moe = "blocks." + block + ".moe.";
            assertVisible(skip, changed(moe + "gate.", tensor -> tensor.multiply(1.7)));
            assertVisible(skip, changed(moe + "experts.1.dense.0.weight", tensor -> tensor.multiply(1.7)));
            assertVisible(skip, exchanged(moe + "experts.0.", moe + "experts.2."));
            assertVisible(skip, changed(moe + "gate.bias", tensor -> tensor.add(Tensor.of(new double[] {1, 0, 0}, 3))));
            assertVisible(skip, changed(moe + "experts.1.dense.1.bias", tensor -> tensor.add(0.5)));
            assertVisible(skip, changed(moe + "experts.1.dense.1.weight", tensor -> tensor.add(0.5)));
            // The mean goes away behind a LayerNorm, not another direction, and not the size of one expert.
            assertVisible(postNorm, changed(moe + "experts.1.dense.1.bias",
                    tensor -> tensor.add(Tensor.of(new double[] {0.5, 0, 0, 0}, 4))));
            assertVisible(postNorm, changed(moe + "experts.1.dense.1.", tensor -> tensor.multiply(1.7)));
            assertVisible(skip, changed("blocks." + block + ".moe.experts.0.", tensor -> tensor.multiply(-1)));
        }
        // A hyperbolic tangent is not homogeneous, and one order of the stream holds for all that run over it.
        Tensor factors = Tensor.of(new double[] {2, 1, 1, 1}, 4, 1);
        assertVisible(skip, changed("position.weight", tensor -> tensor.multiply(factors)));
        assertVisible(skip, changed("patches.", tensor ->
                new Permutation(new int[] {1, 0, 2, 3}).applyTo(tensor, 0)));
        assertVisible(skip, changed("trajectories.weight", tensor ->
                new Permutation(new int[] {3, 4, 5, 0, 1, 2}).applyTo(tensor, 0)));
    }

    @Test
    void ordersOfModesBelongToWeightAndBias() {
        try (Scope scope = Scope.open()) {
            BirdsEyeConfig config = config(EXPERTS, EXPERTS, true, SKIP);
            Parameters model = model(config, 2);
            Permutation exchange = new Permutation(new int[] {3, 4, 5, 0, 1, 2});
            compare(config, model, changed("trajectories.", tensor -> exchange.applyTo(tensor, 0)).apply(model))
                    .requireVerified();
        }
    }

    private static UnaryOperator<Parameters> changed(String prefix, UnaryOperator<Tensor> change) {
        return model -> model.mapNamed((name, tensor) -> name.startsWith(prefix) ? change.apply(tensor) : tensor);
    }

    private static UnaryOperator<Parameters> exchanged(String one, String other) {
        return model -> model.mapNamed((name, tensor) -> model.get(name.startsWith(one)
                ? other + name.substring(one.length())
                : name.startsWith(other) ? one + name.substring(other.length()) : name));
    }

    private static void assertVisible(BirdsEyeConfig config, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Parameters model = model(config, 1);
            assertThat(compare(config, model, change.apply(model)).maxAbsDifference()).isGreaterThan(1e-3);
        }
    }

    @Test
    void ofAllOrdersOfGateRowsAndExpertsThoseThatAgreeLeaveOutputsEqual() {
        try (Scope scope = Scope.open()) {
            BirdsEyeConfig config = config(EXPERTS, EXPERTS, true, SKIP);
            Parameters model = model(config, 1);
            int equal = 0;
            for (int[] rows : orders(3)) {
                for (int[] experts : orders(3)) {
                    Permutation order = new Permutation(rows);
                    Parameters moved = model.mapNamed((name, tensor) -> name.startsWith("blocks.0.moe.gate.")
                            ? order.applyTo(tensor, 0)
                            : name.startsWith("blocks.0.moe.experts.")
                                    ? model.get(name.replaceFirst("experts\\.(\\d)",
                                            "experts." + experts[name.charAt("blocks.0.moe.experts.".length()) - '0']))
                                    : tensor);
                    boolean isEqual = compare(config, model, moved).verified();
                    assertThat(isEqual).isEqualTo(Arrays.equals(rows, experts));
                    equal += isEqual ? 1 : 0;
                }
            }
            assertThat(equal).isEqualTo(6);
            // Signs and orders of 4 coordinates, 2 modes, 3 experts of 3 units in both blocks.
            assertThat(BirdsEyeFamily.architecture(config).log10Order())
                    .isCloseTo(Math.log10(16 * 24 * 2 * Math.pow(6 * 216, 2)), within(1e-9));
        }
    }

    private static List<int[]> orders(int size) {
        List<int[]> orders = List.of(new int[0]);
        for (int length = 0; length < size; length++) {
            orders = orders.stream().flatMap(order -> IntStream.range(0, size)
                    .filter(next -> Arrays.stream(order).noneMatch(used -> used == next))
                    .mapToObj(next -> IntStream.concat(Arrays.stream(order), IntStream.of(next)).toArray())).toList();
        }
        return orders;
    }

    /**
     * What to count.
     *
     * @param notMoved directions behind a LayerNorm of epsilon 0 that the specification only names
     */
    record Nullity(BirdsEyeConfig config, int notMoved) {}

    static Stream<Nullity> nullities() {
        Block experts = new Block.Experts(new MoeConfig(3, new Gating.Sparse(2), List.of(2), UnitFunction.RELU));
        Block ffn = new Block.FeedForward(2);
        return Stream.of(
                new Nullity(config(experts, ffn, true, SKIP), 0),
                new Nullity(config(ffn, experts, true, SKIP), 0),
                // One factor for each expert, and one for a feed-forward network.
                new Nullity(config(experts, ffn, true, OptionalDouble.of(0)), 3 + 1));
    }

    @ParameterizedTest
    @MethodSource("nullities")
    void nullDirectionsAreThoseOfTheGroup(Nullity known) {
        int expected = (int) BirdsEyeFamily.architecture(known.config).dimension() + known.notMoved;
        int least = Integer.MAX_VALUE;
        // A unit that is positive for all inputs of its expert, or for none, adds null directions of its own, so the
        // least of several draws counts; weights are large beside biases.
        for (long seed = 1; seed <= 6 && least > expected; seed++) {
            try (Scope scope = Scope.open()) {
                Parameters model = model(known.config, seed).mapNamed((name, tensor) ->
                        tensor.multiply(name.endsWith("bias") ? 0.3 : 2.5));
                double[] found = LinearAlgebra.svd(JacobianTest.jacobian(
                        BirdsEyeFamily.network(known.config), model, 32)).s().toDoubles();
                assertThat(Arrays.stream(found).map(value -> value / found[0]))
                        .noneMatch(relative -> relative > 1e-11 && relative < 1e-8);
                least = Math.min(least, (int) Arrays.stream(found).filter(value -> value < 1e-9 * found[0]).count());
            }
        }
        assertThat(least).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void plantedElementsAreRecovered(BirdsEyeConfig config) {
        try (Scope scope = Scope.open()) {
            BirdsEyeConfig wide = new BirdsEyeConfig(config.scene(), 12, config.encoder(), config.decoder(),
                    config.fusesPredictions(), config.epsilon());
            Parameters model = model(wide, 3);
            Architecture architecture = BirdsEyeFamily.architecture(wide);
            Alignment element = architecture.random(Random.seeded(5));
            Parameters moved = element.apply(model);
            Parameters back = matched(architecture, model, moved).apply(moved);
            model.asMap().forEach((name, tensor) ->
                    assertThat(back.get(name).subtract(tensor).abs().max()).as(name).isLessThan(1e-5));
        }
    }

    private static Alignment matched(Architecture architecture, Parameters reference, Parameters model) {
        return new WeightMatcher(WeightMatchSettings.defaults())
                .match(architecture, reference::get, model::get, WorkObserver.SILENT).alignment();
    }

    @Test
    void ordersOfExpertsAreTheBestOfAllForTheGate() {
        try (Scope scope = Scope.open()) {
            Block four = new Block.Experts(new MoeConfig(4, new Gating.Sparse(2), List.of(5), UnitFunction.RELU));
            BirdsEyeConfig config = new BirdsEyeConfig(
                    new BirdsEyeScene(4, 2, 1, 2, 2, 3), 12, four, four, true, SKIP);
            Parameters model = model(config, 3);
            Architecture architecture = BirdsEyeFamily.architecture(config);
            Random noise = Random.seeded(9);
            Parameters moved = architecture.random(Random.seeded(5)).apply(model.map(tensor ->
                    tensor.add(noise.normal(DType.FLOAT64, tensor.shape()).multiply(0.03))));
            Parameters back = matched(architecture, model, moved).apply(moved);
            for (int block = 0; block < 2; block++) {
                String gate = "blocks." + block + ".moe.gate.";
                double[][] costs = costs(model, back, gate);
                double[] sums = orders(4).stream().mapToDouble(order ->
                        IntStream.range(0, 4).mapToDouble(i -> costs[i][order[i]]).sum()).toArray();
                assertThat(sums).hasSize(24);
                assertThat(sums[0]).isEqualTo(Arrays.stream(sums).min().orElseThrow());
            }
        }
    }

    private static double[][] costs(Parameters one, Parameters other, String gate) {
        double[][] costs = new double[4][4];
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                costs[i][j] = Math.pow(one.get(gate + "weight").select(0, i)
                                .subtract(other.get(gate + "weight").select(0, j)).norm(), 2)
                        + Math.pow(one.get(gate + "bias").select(0, i)
                                .subtract(other.get(gate + "bias").select(0, j)).norm(), 2);
            }
        }
        return costs;
    }

    @Test
    void changedScoresDecideChoiceAndWeights() {
        try (Scope scope = Scope.open()) {
            BirdsEyeConfig config = config(EXPERTS, EXPERTS, true, SKIP);
            BirdsEye network = BirdsEyeFamily.network(config);
            Parameters model = model(config, 1);
            Tensor input = network.inputs().random(8, 7).batches().getFirst().get();
            ExpertChoice turning = new ExpertChoice() {
                @Override
                public Tensor scored(String layer, Tensor scores) {
                    return scores.multiply(-1);
                }

                @Override
                public Tensor decide(String layer, Tensor chosen) {
                    return chosen;
                }
            };
            Parameters turned = model.mapNamed((name, tensor) ->
                    name.contains(".gate.") ? tensor.multiply(-1) : tensor);
            assertThat(network.run(model, input, new StageSpan(0, 1), turning)
                    .sameAs(network.forward(turned, input))).isTrue();
            assertThat(network.forward(turned, input).sameAs(network.forward(model, input))).isFalse();
        }
    }

    @Test
    void trajectoriesStartWhereAgentsTrackAnObjectOnAverage() {
        try (Scope scope = Scope.open()) {
            double[] input = new double[16 + 12];
            // Object 0 is seen by both agents, object 1 by the second alone.
            System.arraycopy(new double[] {1, 2, 1, 9, 9, 0, 2, 3, 1, 3, 1, 1}, 0, input, 16, 12);
            assertThat(places(true, input)).containsExactly(1.5, 2.5, 3, 1);
            assertThat(places(false, input)).containsExactly(1, 2, 3, 1);
        }
    }

    /** Of both objects, from a map that adds nothing. */
    private static double[] places(boolean fuses, double[] input) {
        BirdsEyeConfig config = config(EXPERTS, EXPERTS, fuses, SKIP);
        Parameters silent = changed("trajectories.", tensor -> tensor.multiply(0)).apply(model(config, 1));
        double[] output = BirdsEyeFamily.network(config).forward(silent, Tensor.of(input, 1, input.length)).toDoubles();
        return new double[] {output[16], output[17], output[22], output[23]};
    }

    @Test
    void anAgentSeesItsHalfAlone() {
        try (Scope scope = Scope.open()) {
            // A patch with its margin is read by both agents, each with the cells that it sees.
            BirdsEyeConfig near = config(EXPERTS, EXPERTS, true, SKIP);
            BirdsEyeConfig far = new BirdsEyeConfig(
                    new BirdsEyeScene(4, 1, 1, 2, 1, 2), 4, EXPERTS, EXPERTS, true, SKIP);
            assertThat(moves(near, 2)).containsExactly(2, 3, 6, 7);
            assertThat(moves(far, 2)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
            assertThat(moves(far, 3)).containsExactly(2, 3, 6, 7);
        }
    }

    /** Cells whose occupancy a cell in the first row tells something about. */
    private static List<Integer> moves(BirdsEyeConfig config, int cell) {
        BirdsEye network = BirdsEyeFamily.network(config);
        Parameters model = model(config, 4);
        double[] input = new double[network.config().scene().inputs()];
        double[] before = network.forward(model, Tensor.of(input, 1, input.length)).toDoubles();
        input[cell] = 1;
        double[] after = network.forward(model, Tensor.of(input, 1, input.length)).toDoubles();
        return IntStream.range(0, 16).filter(i -> before[i] != after[i]).boxed().toList();
    }

    @Test
    void aGridThatTwoAgentsCannotShareIsRefused() {
        assertThatThrownBy(() -> new BirdsEyeScene(6, 1, 0, 1, 1, 1)).isInstanceOf(WrongUse.class)
                .hasMessageContaining("use a multiple of 4");
        assertThatThrownBy(() -> new BirdsEyeScene(4, 1, 0, 0, 1, 1)).isInstanceOf(WrongUse.class)
                .hasMessageContaining("at least one");
    }
}
