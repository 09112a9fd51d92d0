package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.group.GroupKind;
import org.thalweg.model.SmallModels;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Space;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Every group of every family by itself, in float64, and what happens when it acts on all tensors but one. */
class FamilySymmetryTest {
    private static final double EXACT = 1e-10;
    private static final double VISIBLE = 1e-6;

    /**
     * Tensors that need not move with a space, by patterns of their names: without rotary positions a bias of the keys
     * adds the same number to all scores of a query.
     */
    private static final Map<String, String> WITHOUT_EFFECT = Map.of(
            ".*(query_key|heads)", ".*attention\\.(self|attention)\\.key\\.bias",
            ".*plain_attention\\.(kv_groups|.*query_key)", ".*self_attn\\.k_proj\\.bias");

    static Stream<SmallModels.Small> models() {
        // The stored copies of one embedding are a matter of files.
        return SmallModels.all().filter(model -> !model.name().equals("switch with copies"));
    }

    /** A model in memory with what it computes. */
    private record Case(Architecture architecture, Parameters model, Network network, Tensor input, Tensor expected) {
        static Case of(SmallModels.Small small) {
            // Weights as training begins with them are so small that tokens differ little and few experts are chosen.
            double factor = small.name().startsWith("vit") ? 5 : 1;
            Parameters model = small.weights().apply(Random.seeded(3)).to(DType.FLOAT64)
                    .map(tensor -> tensor.multiply(factor));
            Family family = Families.of(small.config());
            Network network = family.read(small.config(), model.names()).network();
            int probes = network.inputs() instanceof Inputs.Images ? 400 : 24;
            Tensor input = network.inputs().random(probes, 5).batches().getFirst().get();
            return new Case(SmallConfigs.architecture(small.config(), model), model, network, input,
                    network.forward(model, input));
        }

        /** The largest difference of outputs, in units of the largest output. */
        double change(Parameters moved) {
            try (Scope scope = Scope.open()) {
                return network.forward(moved, input).subtract(expected).abs().max() / expected.abs().max();
            }
        }

        /** Names of the tensors that an element changes. */
        Set<String> touched(Parameters moved) {
            Set<String> names = new TreeSet<>();
            moved.asMap().forEach((name, tensor) -> {
                if (!tensor.sameAs(model.get(name))) {
                    names.add(name);
                }
            });
            return names;
        }

        /** The model under a random element of some spaces that is not the identity. */
        Parameters moved(List<String> spaces) {
            return IntStream.range(0, 30)
                    .mapToObj(seed -> architecture.random(Random.seeded(seed), spaces).apply(model))
                    .filter(moved -> !touched(moved).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nothing moves under " + spaces));
        }

        List<Space> acting() {
            return architecture.spaces().values().stream()
                    .filter(space -> space.group().kind() != GroupKind.NONE && space.group().size() > 0)
                    .filter(space -> space.group().dimension() > 0 || space.group().log10Order() > 0)
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void everyKindOfGroupAloneMovesWeightsAndKeepsOutputs(SmallModels.Small small) {
        try (Scope scope = Scope.open()) {
            Case model = Case.of(small);
            Map<GroupKind, List<String>> kinds = new LinkedHashMap<>();
            model.acting().forEach(space ->
                    kinds.computeIfAbsent(space.group().kind(), _ -> new ArrayList<>()).add(space.name()));
            assertThat(kinds).isNotEmpty();
            kinds.forEach((kind, spaces) ->
                    assertThat(model.change(model.moved(spaces))).as("%s", kind).isLessThan(EXACT));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void everySpaceAloneKeepsOutputsAndLeavingOutATensorThatItTouchesChangesThem(SmallModels.Small small) {
        try (Scope scope = Scope.open()) {
            Case model = Case.of(small);
            Set<String> wrong = new LinkedHashSet<>();
            Set<String> seen = new TreeSet<>();
            for (Space space : model.acting()) {
                if (seen.add(space.name().replaceAll("\\d+", "#"))) {
                    try (Scope inner = Scope.open()) {
                        wrong.addAll(faults(model, space.name()));
                    }
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static Set<String> faults(Case model, String space) {
        Set<String> wrong = new LinkedHashSet<>();
        Parameters moved = model.moved(List.of(space));
        double change = model.change(moved);
        if (!(change < EXACT)) {
            wrong.add(space + " changes outputs by " + change);
        }
        Set<String> touched = model.touched(moved);
        // The tower that sees images is no part of the network.
        touched.retainAll(model.network().tensors().keySet());
        if (touched.size() == 1) {
            // Without its only tensor nothing moves; that half of its rows move must be seen instead.
            String name = touched.iterator().next();
            Tensor half = halfMoved(model.model().get(name), moved.get(name));
            if (!(model.change(moved.with(Parameters.of(Map.of(name, half)))) > VISIBLE)) {
                wrong.add(space + " could move half of " + name);
            }
            return wrong;
        }
        for (String name : touched) {
            Parameters without = moved.with(Parameters.of(Map.of(name, model.model().get(name))));
            boolean expected = WITHOUT_EFFECT.entrySet().stream()
                    .noneMatch(entry -> space.matches(entry.getKey()) && name.matches(entry.getValue()));
            if (model.change(without) > VISIBLE != expected) {
                wrong.add(space + " and " + name + ", left out with" + (expected ? "out effect" : " an effect"));
            }
        }
        return wrong;
    }

    /** Of the rows that move, the first half as they were and the others moved. */
    private static Tensor halfMoved(Tensor before, Tensor after) {
        int axis = before.length(0) == 1 && before.shape().length > 1 ? 1 : 0;
        long rows = before.length(axis);
        double[] changes = after.subtract(before).abs().transpose(0, axis).reshape(rows, -1).mean(1, true).toDoubles();
        long[] moving = IntStream.range(0, changes.length).filter(row -> changes[row] > 0).asLongStream().toArray();
        long first = moving[moving.length / 2];
        return Tensor.concatenate(
                List.of(before.narrow(axis, 0, first), after.narrow(axis, first, rows - first)), axis);
    }
}
