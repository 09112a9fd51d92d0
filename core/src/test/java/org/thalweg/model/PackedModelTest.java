package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.StoredLayout.Place;
import org.thalweg.checkpoint.StoredLayout.Slice;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.SmallConfigs;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** A model whose files keep all experts of a layer in one tensor, under other names, beside one whose files do not. */
class PackedModelTest {
    private static final String LAYER = "model.layers.%d.mlp.";

    @TempDir
    private Path directory;

    private Models models;
    private ModelDirectory plain;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
        plain = models.write("plain", SmallConfigs.of("mixtral"), 1, model -> model);
    }

    /** Experts packed, and all tensors under other names. */
    private static StoredLayout packing(ModelDirectory model) {
        Map<String, Place> places = new LinkedHashMap<>();
        int width = model.checkpoint().config().get("intermediate_size").intValue();
        int residual = model.checkpoint().config().get("hidden_size").intValue();
        model.tensors().keySet().forEach(name -> places.put(name, Place.whole(name.replaceFirst("^model\\.", "old."))));
        for (int layer = 0; layer < 2; layer++) {
            String moe = LAYER.formatted(layer);
            for (int expert = 0; expert < 4; expert++) {
                String name = moe + "experts." + expert + ".";
                String fused = "old.layers." + layer + ".";
                places.put(name + "gate_proj.weight",
                        Place.of(fused + "gate_up_proj", new Slice(expert, true, 0, 2, width)));
                places.put(name + "up_proj.weight",
                        Place.of(fused + "gate_up_proj", new Slice(expert, true, 1, 2, width)));
                places.put(name + "down_proj.weight",
                        Place.of(fused + "down_proj", new Slice(expert, false, 0, 1, residual)));
            }
        }
        return new StoredLayout(places, Map.of());
    }

    private ModelDirectory packed(ModelDirectory model, String name) {
        StoredLayout layout = packing(model);
        try (Scope scope = Scope.open()) {
            Parameters tensors = model.load();
            Map<String, List<Tensor>> gateUp = new LinkedHashMap<>();
            Map<String, List<Tensor>> down = new LinkedHashMap<>();
            Map<String, Tensor> stored = new LinkedHashMap<>();
            layout.places().forEach((tensor, place) -> {
                if (place.slice().isEmpty()) {
                    stored.put(place.stored(), tensors.get(tensor));
                } else if (tensor.endsWith("gate_proj.weight")) {
                    Tensor gate = tensors.get(tensor);
                    Tensor up = tensors.get(tensor.replace("gate_proj", "up_proj"));
                    gateUp.computeIfAbsent(place.stored(), _ -> new ArrayList<>()).add(
                            Tensor.stack(List.of(gate, up), 1).reshape(-1, gate.length(1)).transpose(0, 1));
                } else if (tensor.endsWith("down_proj.weight")) {
                    down.computeIfAbsent(place.stored(), _ -> new ArrayList<>()).add(tensors.get(tensor));
                }
            });
            gateUp.forEach((fused, experts) -> stored.put(fused, Tensor.stack(experts, 0).contiguous()));
            down.forEach((fused, experts) -> stored.put(fused, Tensor.stack(experts, 0)));
            CheckpointWriter.write(directory.resolve(name),
                    CheckpointContent.of(model.checkpoint().config(), Parameters.of(stored), Map.of()),
                    CheckpointOptions.defaults().with(new Sharding.UpTo(5000)));
        }
        return open(name, layout);
    }

    private ModelDirectory open(String name, StoredLayout layout) {
        Checkpoint checkpoint = Checkpoint.open(directory.resolve(name));
        ObjectNode config = checkpoint.config();
        Architecture architecture = ModelDirectory.architecture(
                config, ModelDirectory.shapes(layout.canonical(checkpoint.tensors())), Optional.empty(), Set.of());
        return new ModelDirectory(checkpoint, "mixtral", architecture, architecture, layout, Optional.empty());
    }

    private static void same(ModelDirectory one, ModelDirectory other) {
        try (Scope scope = Scope.open()) {
            Parameters first = one.load();
            Parameters second = other.load();
            assertThat(second.names()).containsExactlyInAnyOrderElementsOf(first.names());
            first.asMap().forEach((name, tensor) -> assertThat(tensor.sameAs(second.get(name))).as(name).isTrue());
        }
    }

    private Align.Done align(ModelDirectory a, ModelDirectory b, String name) {
        return new Align(new WeightMatching(new WeightMatchSettings(
                        ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED)),
                new Checking(OptionalDouble.empty(), 8, 0, false)).write(a, b, models.out(name), WorkObserver.SILENT);
    }

    @Test
    void aPackedModelIsTheSameModel() {
        ModelDirectory packed = packed(plain, "packed");
        assertThat(packed.checkpoint().tensors()).containsKey("old.layers.1.gate_up_proj")
                .doesNotContainKey("model.norm.weight");
        same(plain, packed);
        assertThat(new FunctionComparison(1e-12, 4, 0).compare(plain, packed).maxAbsDifference()).isZero();
        assertThat(NotCompared.tensors(packed)).isEmpty();
    }

    @Test
    void scramblesOfBothAreTheSameAndEachKeepsItsPacking() {
        ModelDirectory packed = packed(plain, "packed");
        Scramble scramble = new Scramble(3, Set.of(), 0.01);
        scramble.write(plain, models.out("moved"));
        scramble.write(packed, models.out("moved-packed"));
        ModelDirectory moved = ModelDirectory.open(directory.resolve("moved"));
        ModelDirectory movedPacked = open("moved-packed", packed.stored());
        same(moved, movedPacked);
        assertThat(movedPacked.checkpoint().tensors()).isEqualTo(packed.checkpoint().tensors());
        packed.checkpoint().tensors().keySet().forEach(name -> assertThat(
                movedPacked.checkpoint().fileOf(name).getFileName())
                .isEqualTo(packed.checkpoint().fileOf(name).getFileName()));
    }

    @Test
    void modelsThatDifferInPackingAlignAndBKeepsItsOwn() {
        new Scramble(5, Set.of(), 0).write(plain, models.out("b"));
        ModelDirectory b = ModelDirectory.open(directory.resolve("b"));
        ModelDirectory packedB = packed(b, "packed-b");
        Align.Done done = align(plain, packedB, "aligned");
        assertThat(done.checked().orElseThrow().verified()).isTrue();
        assertThat(LayerDistance.all(done.layers()).after()).isLessThan(1e-5 * LayerDistance.all(done.layers()).norm());
        ModelDirectory aligned = open("aligned", packedB.stored());
        assertThat(aligned.checkpoint().tensors()).isEqualTo(packedB.checkpoint().tensors());
        align(packed(plain, "packed"), b, "aligned-plain");
        same(ModelDirectory.open(directory.resolve("aligned-plain")), aligned);
        new Apply(false, Checking.defaults()).write(directory.resolve("aligned").resolve(Scramble.ALIGNMENT), packedB,
                models.out("applied"), WorkObserver.SILENT);
        same(open("applied", packedB.stored()), aligned);
    }

    @Test
    void canonicalFormsKeepThePacking() {
        ModelDirectory packed = packed(plain, "packed");
        new Canonical(Set.of()).write(plain, models.out("canonical"), WorkObserver.SILENT);
        new Canonical(Set.of()).write(packed, models.out("canonical-packed"), WorkObserver.SILENT);
        same(ModelDirectory.open(directory.resolve("canonical")), open("canonical-packed", packed.stored()));
    }

    @Test
    void buffersDoNotStandInTheWayOfAligning() {
        try (Scope scope = Scope.open()) {
            Checkpoint.write(directory.resolve("buffers"), plain.checkpoint().config(),
                    plain.checkpoint().load().with(Parameters.of(
                    Map.of("model.layers.0.self_attn.rotary_emb.inv_freq",
                            Tensor.of(new float[] {1, 2}, 2)))), Map.of());
        }
        ModelDirectory buffers = ModelDirectory.open(directory.resolve("buffers"));
        align(plain, buffers, "one");
        align(buffers, plain, "other");
        assertThat(Checkpoint.open(directory.resolve("one")).tensors()).isEqualTo(buffers.checkpoint().tensors());
        assertThat(Checkpoint.open(directory.resolve("other")).tensors()).isEqualTo(plain.checkpoint().tensors());
        assertThat(NotCompared.tensors(buffers)).containsExactly("model.layers.*.self_attn.rotary_emb.inv_freq");
    }

    @Test
    void aPackingThatDoesNotFitIsNamed() {
        ModelDirectory packed = packed(plain, "packed");
        Map<String, Place> places = new LinkedHashMap<>(packed.stored().places());
        places.remove(LAYER.formatted(1) + "experts.3.down_proj.weight");
        assertThatThrownBy(() -> open("packed", new StoredLayout(places, Map.of()))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("'old.layers.1.down_proj' has the shape [4, 16, 10]");
    }
}
