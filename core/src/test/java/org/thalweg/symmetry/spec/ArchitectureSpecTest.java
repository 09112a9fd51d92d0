package org.thalweg.symmetry.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.Translation;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class ArchitectureSpecTest {
    private static final MoeConfig CONFIG =
            new MoeConfig(3, new Gating.Sparse(2), List.of(5), UnitFunction.GELU);

    @Test
    void bindsEverySpaceWithItsGroupAndLength() {
        try (Scope scope = Scope.open()) {
            Architecture vit = ModelArchitecture.ofVit(
                    SampleModels.vit(CONFIG), SampleModels.vitParameters(SampleModels.vit(CONFIG), Random.seeded(1)));
            assertThat(vit.space("residual").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 8));
            assertThat(vit.space("layers.1.heads").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 2));
            assertThat(vit.space("layers.1.heads.0.query_key").group()).isEqualTo(new Group(GroupKind.INVERTIBLE, 4));
            assertThat(vit.space("layers.0.moe.experts").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 3));
            assertThat(vit.space("layers.2.moe.experts.1.hidden.0").group())
                    .isEqualTo(new Group(GroupKind.PERMUTATION, 5));
            assertThat(vit.space("layers.2.moe.gate_weight_shift").group())
                    .isEqualTo(new Group(GroupKind.TRANSLATION, 8));
            assertThat(vit.space("layers.2.moe.gate_bias_shift").group())
                    .isEqualTo(new Group(GroupKind.TRANSLATION, 1));
            assertThat(vit.spaces()).doesNotContainKey("layers.1.moe.experts");
            assertThat(vit.spaces()).doesNotContainKey("layers.2.moe.gate_scale");
            assertThat(vit.identity().describe()).isEqualTo("identity");
        }
    }

    @Test
    void namesTheTensorThatDoesNotFit() {
        assertRefusal(t -> t.put("moe.gate.extra", zeros(3)),
                "the tensor 'moe.gate.extra' is unknown to the architecture 'moe-layer'; use the specification of "
                        + "this model's own family, or add the tensor to it.");
        assertRefusal(t -> t.remove("moe.gate.weight"),
                "the tensor 'moe.gate.weight' is missing: every model of the architecture 'moe-layer' with this "
                        + "configuration has it.");
        assertRefusal(t -> t.remove("moe.experts.2.dense.1.bias"),
                "the tensor 'moe.experts.2.dense.1.bias' is missing: 'moe.experts' has 3 positions and each has one.");
        assertRefusal(t -> t.put("moe.experts.3.dense.1.bias", zeros(6)),
                "the tensor 'moe.experts.3.dense.1.bias' is one too many: 'moe.experts' has only 3 positions.");
        assertRefusal(t -> t.put("moe.experts.1.dense.0.bias", zeros(4)),
                "the space 'moe.experts.1.hidden.0' has length 5 by axis 0 of 'moe.experts.1.dense.0.weight' but 4 by "
                        + "axis 0 of 'moe.experts.1.dense.0.bias'; this is another architecture, or a damaged "
                        + "checkpoint.");
        assertRefusal(t -> t.put("moe.gate.bias", zeros(3, 1)),
                "the tensor 'moe.gate.bias' has shape [3, 1] but the architecture 'moe-layer' gives it 1 axes "
                        + "[[moe.experts]]; this is another architecture, or a damaged checkpoint.");
    }

    @Test
    void expertsOfDifferentWidthCannotBeExchanged() {
        assertRefusal(t -> {
            t.put("moe.experts.1.dense.0.weight", zeros(4, 6));
            t.put("moe.experts.1.dense.0.bias", zeros(4));
            t.put("moe.experts.1.dense.1.weight", zeros(6, 4));
        }, "the tensor 'moe.experts.1.dense.0.weight' has shape [4, 6] where 'moe.experts.0.dense.0.weight' has "
                + "[5, 6]; they must be equal to be exchanged.");
    }

    @Test
    void refusesMistakesInASpecificationWithTheirPlace() {
        assertWrong("name: x\nspaces:\n  - {name: a, gruop: permutation}\n",
                "mine.yaml line 3: unknown key 'gruop'; known here are group, instead, name, over, scale, size, "
                        + "unless, when, where.");
        assertWrong("name: x\ntensors:\n  - {name: w, axes: [a]}\n",
                "mine.yaml line 3: the tensor 'w' refers to the space 'a', which is not declared.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: none}\ntensors:\n  - {name: 'w.{layer}', axes: [a]}\n",
                "mine.yaml line 5: "
                + "the tensor 'w.{layer}' leaves the variable {layer} open; restrict it under 'where' or name "
                        + "its space under 'indices'.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: none, when: [nonsense]}\n",
                "mine.yaml line 3: 'a' depends on the flag 'nonsense', which is not listed under 'flags'.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: translation, over: b}\n  - {name: b, group: none}\n",
                "mine.yaml line 3: the space 'a' refers to 'b', which is not declared before it.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: translation}\ntensors:\n  - {name: w, axes: [a]}\n",
                "mine.yaml line 5: "
                + "the tensor 'w' uses the space 'a' in a way that its group 'translation' does not act.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: none}\ntensors:\n  - {name: w, axes: ['[a + a']}\n",
                "mine.yaml line 5: "
                + "the axis '[a + a' in an architecture is malformed; write a product as (a b) and a sum as "
                        + "[a + b], at most one sum an axis.");
        assertWrong("name: x\nindices: {e: a}\nspaces:\n  - {name: a, group: permutation}\n"
                        + "  - {name: 'a.{e}.h', group: permutation}\ntensors:\n  - {name: w, axes: ['a.{e}.h']}\n",
                "mine.yaml line 7: "
                + "the tensor 'w' refers to 'a.{e}.h', but {e} neither stands in its name nor runs over the "
                        + "positions of one of its axes.");
        assertWrong("name: x\nindices: {e: a}\nspaces:\n  - {name: a, group: orthogonal}\n"
                        + "  - {name: 'a.{e}.h', group: permutation}\n",
                "mine.yaml line 5: "
                + "the positions of 'a' stand in the name 'a.{e}.h', so its group can only be permutation or "
                        + "none.");
        assertWrong("spaces: []\n", "mine.yaml is no architecture: the key 'name' is missing.");
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nname: y\n", "mine.yaml"))
                .isInstanceOf(WrongUse.class).hasMessage("mine.yaml line 2: the key 'name' is given twice.");
        assertThatThrownBy(() -> ArchitectureSpec.builtIn("../secret"))
                .hasMessage("'../secret' is not the name of an architecture.");
        assertThatThrownBy(() -> ArchitectureSpec.builtIn("nothing"))
                .hasMessage("no architecture 'nothing' comes with Thalweg; name a specification file.");
    }

    @Test
    void aPrefixLeavesOutWhatNeverHasItAndAStarIgnoresEveryEnd() {
        ArchitectureSpec spec = ArchitectureSpec.parse("""
                name: x
                prefix: text.
                spaces:
                  - {name: a, group: permutation}
                tensors:
                  - {name: w, axes: [a]}
                  - {name: head, without prefix: true, axes: [a]}
                ignore: [mask, 'eye.*']
                """, "mine.yaml");
        Conditions none = new Conditions(Set.of(), Map.of(), Map.of());
        long[] three = {3};
        Architecture bound = spec.bind(
                Map.of("text.w", three, "head", three, "text.mask", three, "eye.0.weight", three), none);
        assertThat(bound.tensors().keySet()).containsExactlyInAnyOrder("text.w", "head");
        assertThat(bound.ignored()).containsExactlyInAnyOrder("text.mask", "eye.0.weight");
        assertThatThrownBy(() -> spec.bind(Map.of("text.w", three, "text.head", three), none))
                .hasMessageStartingWith("the tensor 'text.head' is unknown to the architecture 'x'");
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nignore: ['eye.*.bias']\n", "mine.yaml"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("mine.yaml line 2: "
                + "the name 'eye.*.bias' under 'ignore' in an architecture is malformed; write one * at "
                        + "its end, after a name without variables.");
    }

    @Test
    void anUnusedSpaceIsNamed() {
        ArchitectureSpec spec = ArchitectureSpec.parse(
                "name: x\nspaces:\n  - {name: a, group: none}\n  - {name: b, group: permutation}\n"
                        + "tensors:\n  - {name: w, axes: [a]}\n", "mine.yaml");
        assertThatThrownBy(() -> spec.bind(
                        Map.of("w", new long[] {3}), new Conditions(Set.of(), Map.of(), Map.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("no tensor uses the space 'b' of the architecture 'x'.");
    }

    @Test
    void compositeAxesSplitByTheKnownFactor() {
        ArchitectureSpec spec = ArchitectureSpec.parse(
                "name: x\nspaces:\n  - {name: heads, group: permutation, size: heads}\n  - {name: inner, group: none}\n"
                        + "tensors:\n  - {name: w, axes: ['(heads inner)']}\n", "mine.yaml");
        Conditions threeHeads = new Conditions(Set.of(), Map.of(), Map.of("heads", 3));
        Architecture bound = spec.bind(Map.of("w", new long[] {6}), threeHeads);
        try (Scope scope = Scope.open()) {
            Alignment g = bound.identity().with("heads", new Permutation(new int[] {2, 0, 1}));
            Parameters model = Parameters.of(Map.of("w", Tensor.of(new double[] {0, 1, 2, 3, 4, 5}, 6)));
            assertThat(g.apply(model).get("w").toDoubles()).containsExactly(4, 5, 0, 1, 2, 3);
        }
        assertThatThrownBy(() -> spec.bind(Map.of("w", new long[] {7}), threeHeads))
                .hasMessage("axis 0 of the tensor 'w' has length 7, which is not the product of the lengths of "
                        + "[heads, inner].");
    }

    @Test
    void sumsAreCutAndEachPartMovesInItsOwnWay() {
        ArchitectureSpec spec = ArchitectureSpec.parse(
                "name: x\nindices: {e: experts}\nspaces:\n  - {name: experts, group: permutation}\n"
                        + "  - {name: 'experts.{e}.hidden', group: permutation}\n"
                        + "  - {name: 'experts.{e}.scale', group: signed scaling, over: 'experts.{e}.hidden'}\n"
                        + "tensors:\n  - name: w\n    axes: [experts, '[experts.{e}.hidden + experts.{e}.hidden]']\n"
                        + "    part scale: [[], ['experts.{e}.scale']]\n", "mine.yaml");
        Conditions none = new Conditions(Set.of(), Map.of(), Map.of());
        Architecture bound = spec.bind(Map.of("w", new long[] {2, 4}), none);
        assertThat(bound.log10Order()).isCloseTo(Math.log10(2 * 2 * 2 * 16), within(1e-12));
        assertThat(bound.dimension()).isEqualTo(4);
        try (Scope scope = Scope.open()) {
            // The inner element belongs to position 0 of A, which holds what was expert 1.
            Alignment g = bound.identity()
                    .with("experts", new Permutation(new int[] {1, 0}))
                    .with("experts.0.hidden", new Permutation(new int[] {1, 0}))
                    .with("experts.0.scale", new Scaling(new double[] {-1, 10}));
            Parameters model = Parameters.of(Map.of("w", Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4)));
            assertThat(g.apply(model).get("w").toDoubles()).containsExactly(6, 5, -8, 70, 1, 2, 3, 4);
        }
        assertThatThrownBy(() -> spec.bind(Map.of("w", new long[] {2, 5}), none))
                .hasMessage("axis 1 of the tensor 'w' has length 5, which is not the sum of the products of the "
                        + "lengths of [[experts.{e}.hidden], [experts.{e}.hidden]].");
    }

    @Test
    void buffersArePassedOnAndAPrefixThatTheFilesLackIsKnown() {
        ArchitectureSpec spec = ArchitectureSpec.parse(
                "name: x\nprefix: model.\nspaces:\n  - {name: a, group: permutation}\n"
                        + "tensors:\n  - {name: w, axes: [a]}\nignore: [mask]\n", "mine.yaml");
        Conditions none = new Conditions(Set.of(), Map.of(), Map.of());
        assertThat(spec.stored(Map.of("w", new long[] {3}, "mask", new long[] {9})).places()).isEqualTo(Map.of(
                "model.w", StoredLayout.Place.whole("w"), "model.mask", StoredLayout.Place.whole("mask")));
        assertThat(spec.bind(Map.of("model.w", new long[] {3}, "model.mask", new long[] {9}), none).ignored())
                .containsExactly("model.mask");
        Architecture bound = spec.bind(Map.of("model.w", new long[] {2}, "model.mask", new long[] {2}), none);
        try (Scope scope = Scope.open()) {
            Parameters model = Parameters.of(Map.of(
                    "model.w", Tensor.of(new double[] {1, 2}, 2), "model.mask", Tensor.of(new double[] {1, 2}, 2)));
            Parameters moved = bound.identity().with("a", new Permutation(new int[] {1, 0})).apply(model);
            assertThat(moved.get("model.w").toDoubles()).containsExactly(2, 1);
            assertThat(moved.get("model.mask").toDoubles()).containsExactly(1, 2);
        }
    }

    @Test
    void damagedAlignmentFilesAreRefused() {
        try (Scope scope = Scope.open()) {
            Architecture layer =
                    ModelArchitecture.ofLayer(CONFIG, SampleModels.layer(CONFIG, Random.seeded(1)));
            assertBadAlignment(layer, "{", "a.json is no JSON");
            assertBadAlignment(layer, "{}", "a.json is no alignment");
            assertBadAlignment(layer, element("nowhere", "{\"permutation\": []}"),
                    "a.json has an element for the space 'nowhere', which this model does not have.");
            assertBadAlignment(layer, element("moe.experts", "{\"permutation\": [0, 1]}"),
                    "a.json has a bad element for the space 'moe.experts': expected one array of length 3.");
            assertBadAlignment(layer, element("moe.experts", "{\"permutation\": [0, 1, 1]}"),
                    "a.json has a bad element for the space 'moe.experts': not a permutation of 0 to 2");
            assertBadAlignment(layer, element("moe.experts", "{\"permutation\": [0, 1, 2.5]}"),
                    "a.json has a bad element for the space 'moe.experts': entry 2 is no whole number.");
            assertBadAlignment(layer, element("moe.experts", "{\"translation\": [0, 1, 2]}"),
                    "a.json has a bad element for the space 'moe.experts': its group is 'permutation', not");
            assertBadAlignment(layer, element("moe.gate_bias_shift", "{\"translation\": [1e999]}"), "a.json");
        }
    }

    @Test
    void alignmentsAreWrittenTheSameEveryTimeAndReadBack(@TempDir Path directory) throws IOException {
        try (Scope scope = Scope.open()) {
            Parameters layer = SampleModels.layer(CONFIG, Random.seeded(1));
            Architecture architecture = ModelArchitecture.ofLayer(CONFIG, layer);
            Alignment g = architecture.identity()
                    .with("moe.gate_bias_shift", new Translation(new double[] {0.1}))
                    .with("moe.experts", new Permutation(new int[] {2, 0, 1}));
            Path file = directory.resolve("alignment.json");
            AlignmentFile.write(g, file);
            assertThat(Files.readString(file)).isEqualTo("""
                    {
                    "format": "thalweg-alignment/1",
                    "architecture": "moe-layer",
                    "elements": {
                    "moe.experts": {"permutation":[2,0,1]},
                    "moe.gate_bias_shift": {"translation":[0.1]}
                    }
                    }
                    """);
            assertThat(AlignmentFile.read(file, ModelArchitecture.ofLayer(CONFIG, layer))).isEqualTo(g);
            assertThat(g.describe()).isEqualTo("permutation in 1 space (3 of 3 coordinates changed); "
                    + "translation in 1 space (1 of 1 coordinates changed)");
            assertThatThrownBy(() -> AlignmentFile.read(directory.resolve("none.json"), architecture))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageEndingWith("none.json: there is no such file; check the path.");
        }
    }

    @Test
    void alignmentsOfDifferentArchitecturesDoNotCompose() {
        MoeConfig four = new MoeConfig(4, new Gating.Sparse(2), List.of(5), UnitFunction.GELU);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Alignment three = ModelArchitecture.ofLayer(CONFIG, SampleModels.layer(CONFIG, random)).identity();
            Alignment other = ModelArchitecture.ofLayer(four, SampleModels.layer(four, random)).identity();
            assertThatThrownBy(() -> three.compose(other))
                    .hasMessage("cannot compose alignments of moe-layer with 14 tensors and 7 spaces and of moe-layer "
                            + "with 18 tensors and 8 spaces");
            assertThatThrownBy(() -> three.with("moe.experts", Permutation.identity(4)))
                    .hasMessage("the space 'moe.experts' takes a permutation of length 3, not a Permutation of length "
                            + "4");
        }
    }

    private static String element(String space, String value) {
        return "{\"format\": \"thalweg-alignment/1\", \"architecture\": \"moe-layer\", \"elements\": {\"" + space
                + "\": " + value + "}}";
    }

    private static void assertBadAlignment(Architecture architecture, String json, String start) {
        assertThatThrownBy(() -> AlignmentFile.parse(json, architecture, "a.json"))
                .isInstanceOf(WorkFailure.class).hasMessageStartingWith(start);
    }

    private static void assertWrong(String yaml, String message) {
        assertThatThrownBy(() -> ArchitectureSpec.parse(yaml, "mine.yaml"))
                .isInstanceOf(WrongUse.class).hasMessage(message);
    }

    private static void assertRefusal(Consumer<Map<String, Tensor>> damage, String message) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors =
                    new LinkedHashMap<>(SampleModels.layer(CONFIG, Random.seeded(1)).asMap());
            damage.accept(tensors);
            assertThatThrownBy(() -> ModelArchitecture.ofLayer(CONFIG, Parameters.of(tensors)))
                    .isInstanceOf(WorkFailure.class).hasMessage(message);
        }
    }

    private static Tensor zeros(long... shape) {
        return Tensor.zeros(DType.FLOAT64, shape);
    }
}
