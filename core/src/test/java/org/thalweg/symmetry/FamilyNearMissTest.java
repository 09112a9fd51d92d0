package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.thalweg.equivalence.Verification;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.SignedPermutation;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Near misses in every family: changes that look like symmetries and are none, which the found must refuse. */
class FamilyNearMissTest {
    @Test
    void permutingCoordinatesInsideARotaryHeadChangesLogits() {
        // Query and key alike, so only the rotations of positions notice.
        for (String family : new String[] {"llama", "mixtral", "qwen3-moe", "olmoe", "deepseek-moe"}) {
            assertVisible(family, ".*self_attn.[qk]_(proj|norm).*", tensor -> blocks(tensor, 0, 4, 1, 0, 2, 3));
        }
    }

    @Test
    void exchangingQueryHeadsOfDifferentGroupsChangesLogits() {
        // Heads 1 and 2 belong to groups 0 and 1; four coordinates each.
        int[] order = {0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7};
        int[] whole = Arrays.copyOf(order, 24);
        for (int i = order.length; i < whole.length; i++) {
            whole[i] = i;
        }
        assertVisible("llama", model -> model.mapNamed((name, tensor) -> name.endsWith("q_proj.weight")
                ? blocks(tensor, 0, 24, whole)
                : name.endsWith("o_proj.weight") ? blocks(tensor, 1, 24, whole) : tensor));
    }

    @Test
    void flippingTheSignOfOneCoordinateOfALayerNormStreamChangesLogits() {
        assertVisible("gpt2", ".*(wte|wpe|c_proj).weight|.*c_proj.bias", tensor -> flipped(tensor, tensor.rank() - 1));
    }

    @Test
    void scalingARouterChangesLogits() {
        for (String family : new String[] {"mixtral", "mixtral-fused", "qwen2-moe", "qwen3-moe", "olmoe",
                "deepseek-moe", "deepseek-v2", "deepseek-v3"}) {
            assertVisible(family, ".*\\.gate\\.weight", tensor -> tensor.multiply(1.7));
        }
    }

    @Test
    void translatingASigmoidRouterChangesLogits() {
        assertVisible("deepseek-v3", ".*\\.gate\\.weight", tensor -> tensor.add(0.5));
        assertVisible("llama4", ".*router\\.weight", tensor -> tensor.add(0.5));
        assertVisible("llama4", ".*router\\.weight", tensor -> tensor.multiply(1.7));
    }

    @Test
    void theGateOfTheSharedExpertIsRigid() {
        assertVisible("qwen2-moe", ".*shared_expert_gate.weight", tensor -> tensor.multiply(1.3));
        assertVisible("qwen2-moe", ".*shared_expert_gate.weight", tensor -> tensor.add(0.3));
    }

    @Test
    void permutingExpertsAcrossGroupsChangesLogits() {
        assertVisible("deepseek-v3", FamilyNearMissTest::acrossGroups);
        FamilySymmetryTest.Case limited = FamilySymmetryTest.cases()
                .filter(family -> family.router().kind().equals("grouped-softmax") && family.router().kept() == 1)
                .findFirst().orElseThrow();
        assertVisible(limited, FamilyNearMissTest::acrossGroups);
    }

    @Test
    void scalingAUnitOfTheGateChangesLogits() {
        assertVisible("llama", model -> model.mapNamed((name, tensor) -> name.endsWith("gate_proj.weight")
                ? tensor.multiply(2) : name.endsWith("down_proj.weight") ? tensor.multiply(0.5) : tensor));
    }

    @Test
    void rotatingAPairOfANormalisedHeadChangesLogits() {
        RotaryMap quarter = new RotaryMap(new double[] {0, 1, 1, 0}, false);
        assertVisible("qwen3-moe", ".*self_attn.[qk]_proj.weight", tensor ->
                quarter.applyTo(tensor.reshape(tensor.length(0) / 4, 4, tensor.length(1)), 1).reshape(tensor.shape()));
    }

    @Test
    void scalingOneGainOfARotaryPairOrTheWrongPairChangesLogits() {
        for (String family : new String[] {"qwen3-moe", "olmoe"}) {
            // Pairs of a head of four are coordinates 0 and 2, 1 and 3.
            assertVisible(family, model -> gains(model, 1.5, 1, 1, 1));
            assertVisible(family, model -> gains(model, 1.5, 1.5, 1, 1));
            assertVisible(family, ".*q_norm.*", tensor -> tensor.multiply(1.1));
            assertEqual(family, model -> gains(model, 1.5, -0.7, 1.5, -0.7));
        }
    }

    @Test
    void scalingTheGainsOfQueriesOfOneGroupDifferentlyChangesLogits() {
        double[] heads = {1.5, 1.5, 1.5, 1.5, 1, 1, 1, 1};
        assertVisible("olmoe", model -> model.mapNamed((name, tensor) -> name.endsWith("q_norm.weight")
                ? tensor.multiply(repeated(tensor, heads))
                : name.endsWith("k_norm.weight") ? tensor.divide(repeated(tensor, heads)) : tensor));
    }

    /** Gains of queries times, of keys divided by factors that repeat in every head. */
    private static Parameters gains(Parameters model, double... factors) {
        return model.mapNamed((name, tensor) -> name.endsWith("q_norm.weight")
                ? tensor.multiply(repeated(tensor, factors))
                : name.endsWith("k_norm.weight") ? tensor.divide(repeated(tensor, factors)) : tensor);
    }

    private static Tensor repeated(Tensor like, double... factors) {
        double[] all = new double[(int) like.size()];
        Arrays.setAll(all, i -> factors[i % factors.length]);
        return Tensor.of(all, all.length);
    }

    private static void assertEqual(String table, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            FamilySymmetryTest.Case family = FamilySymmetryTest.named(table);
            Parameters model = family.model(Random.seeded(9));
            assertThat(FamilySymmetryTest.compare(family, model, change.apply(model)).verified())
                    .describedAs(table).isTrue();
        }
    }

    @Test
    void scalingTheRouterOfSwitchChangesLogits() {
        assertVisible("switch", ".*router.classifier.weight", tensor -> tensor.multiply(1.7));
    }

    @Test
    void exchangingHeadsOfOneBlockWithoutTheSharedBiasChangesLogits() {
        int[] order = {3, 4, 5, 0, 1, 2, 6, 7, 8};
        assertVisible("switch", model -> model.mapNamed((name, tensor) ->
                name.matches("encoder.block.1.*SelfAttention.[qkv].weight") ? blocks(tensor, 0, 9, order)
                        : name.matches("encoder.block.1.*SelfAttention.o.weight") ? blocks(tensor, 1, 9, order)
                        : tensor));
    }

    @Test
    void flippingTheSignOfOneCoordinateOfAPostNormalisedStreamChangesOutputs() {
        assertVisible("bert-masked", ".*(_embeddings.weight|LayerNorm.*)",
                tensor -> flipped(tensor, tensor.rank() - 1));
    }

    @Test
    void changingTheSignOfAReluUnitChangesOutputs() {
        assertVisible("mlp", model -> model.mapNamed((name, tensor) -> name.startsWith("fc.0.") ? flipped(tensor, 0)
                : name.equals("fc.1.weight") ? flipped(tensor, 1) : tensor));
    }

    @Test
    void scalingAUnitOfAClampedExpertChangesLogits() {
        assertVisible("gpt-oss", model -> model.mapNamed((name, tensor) -> name.contains("gate_up_proj")
                ? tensor.multiply(2) : name.endsWith("down_proj") ? tensor.multiply(0.5) : tensor));
        assertVisible("gpt-oss", ".*router\\.weight", tensor -> tensor.multiply(1.7));
    }

    /** Exchanges expert 0, of group 0, with expert 2, of group 1, with everything that is theirs. */
    private static Parameters acrossGroups(Parameters model) {
        return model.mapNamed((name, tensor) -> {
            if (name.contains(".gate.")) {
                return blocks(tensor, 0, 6, 2, 1, 0, 3, 4, 5);
            }
            return model.get(name.replace("experts.0.", "experts.x.").replace("experts.2.", "experts.0.")
                    .replace("experts.x.", "experts.2."));
        });
    }

    /** Permutes the positions inside each block of a length along an axis. */
    private static Tensor blocks(Tensor tensor, int axis, int length, int... order) {
        int[] index = new int[(int) tensor.length(axis)];
        Arrays.setAll(index, i -> i / length * length + order[i % length]);
        return new Permutation(index).applyTo(tensor, axis);
    }

    private static Tensor flipped(Tensor tensor, int axis) {
        int size = (int) tensor.length(axis);
        boolean[] negative = new boolean[size];
        negative[0] = true;
        return new SignedPermutation(Permutation.identity(size), negative).applyTo(tensor, axis);
    }

    private static void assertVisible(String table, String names, UnaryOperator<Tensor> change) {
        assertVisible(table, model -> model.mapNamed(
                (name, tensor) -> name.matches(names) ? change.apply(tensor) : tensor));
    }

    private static void assertVisible(String table, UnaryOperator<Parameters> change) {
        assertVisible(FamilySymmetryTest.named(table), change);
    }

    private static void assertVisible(FamilySymmetryTest.Case family, UnaryOperator<Parameters> change) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(9);
            Parameters model = family.model(random);
            Verification found = FamilySymmetryTest.compare(family, model, change.apply(model));
            assertThat(found.verified()).describedAs(family.toString()).isFalse();
            assertThat(found.maxAbsDifference()).describedAs(family.toString()).isGreaterThan(1e-3);
        }
    }
}
