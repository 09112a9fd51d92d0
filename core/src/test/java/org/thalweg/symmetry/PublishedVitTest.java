package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** The specification against names and shapes of the published ViT base/16, spelled out here on their own. */
class PublishedVitTest {
    private static final Set<Integer> LAYERS = new TreeSet<>(IntStream.range(0, 12).boxed().toList());

    @Test
    void bindsTheWholePublishedModel() {
        Map<String, long[]> shapes = shapes();
        assertThat(shapes).hasSize(200);
        assertThat(shapes.values().stream().mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b)).sum())
                .isEqualTo(86_567_656);
        Architecture vit = ArchitectureSpec.builtIn("vit-moe").bind(shapes, conditions(12));
        assertThat(vit.space("residual").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 768));
        assertThat(vit.space("layers.11.heads").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 12));
        assertThat(vit.space("layers.11.heads.3.query_key").group()).isEqualTo(new Group(GroupKind.INVERTIBLE, 64));
        assertThat(vit.space("layers.0.hidden").group()).isEqualTo(new Group(GroupKind.PERMUTATION, 3072));
        assertThat(vit.spaces().values().stream().filter(space -> space.group().kind() == GroupKind.PERMUTATION))
                .hasSize(1 + 12 + 12);
    }

    @Test
    void headsThatDoNotDivideTheWidthAreRefused() {
        assertThatThrownBy(() -> ArchitectureSpec.builtIn("vit-moe").bind(shapes(), conditions(7)))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("axis 0 of the tensor 'vit.encoder.layer.0.attention.attention.query.weight' has length "
                        + "768, which is not the product of the lengths of "
                        + "[layers.{layer}.heads, layers.{layer}.heads.{head}.query_key].");
    }

    private static Conditions conditions(int heads) {
        return new Conditions(Set.of("attention-biases", "classifier"), Map.of(
                "layers", LAYERS, "dense-layers", LAYERS, "moe-layers", Set.of(),
                "inner-maps", Set.of(), "last-map", Set.of()), Map.of("heads", heads));
    }

    private static Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("vit.embeddings.cls_token", new long[] {1, 1, 768});
        shapes.put("vit.embeddings.position_embeddings", new long[] {1, 197, 768});
        shapes.put("vit.embeddings.patch_embeddings.projection.weight", new long[] {768, 3, 16, 16});
        shapes.put("vit.embeddings.patch_embeddings.projection.bias", new long[] {768});
        for (int layer : LAYERS) {
            String name = "vit.encoder.layer." + layer + ".";
            for (String map : List.of("attention.query", "attention.key", "attention.value", "output.dense")) {
                linear(shapes, name + "attention." + map, 768, 768);
            }
            linear(shapes, name + "intermediate.dense", 3072, 768);
            linear(shapes, name + "output.dense", 768, 3072);
            norm(shapes, name + "layernorm_before");
            norm(shapes, name + "layernorm_after");
        }
        norm(shapes, "vit.layernorm");
        linear(shapes, "classifier", 1000, 768);
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String name, long out, long in) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {768});
        shapes.put(name + ".bias", new long[] {768});
    }
}
