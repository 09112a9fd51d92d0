package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.StoredLayout.Place;
import org.thalweg.checkpoint.StoredLayout.Slice;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class StoredLayoutTest {
    private static final int EXPERTS = 3;
    private static final int WIDTH = 4;
    private static final int RESIDUAL = 5;

    @TempDir
    private Path directory;

    /** One expert's tensors, as slices of what all experts share. */
    private interface Cut {
        Map<String, Place> of(int expert);
    }

    private static StoredLayout layout(Cut cut) {
        Map<String, Place> places = new LinkedHashMap<>();
        places.put("norm", Place.whole("old.norm"));
        for (int expert = 0; expert < EXPERTS; expert++) {
            places.putAll(cut.of(expert));
        }
        return new StoredLayout(places, Map.of());
    }

    /** Gate rows first, then up: [experts 2·width residual]. */
    private static Map<String, Place> rows(int expert) {
        return Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, false, 0, 1, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, false, WIDTH, 1, WIDTH)));
    }

    /** Columns of gate and up take turns: [experts residual 2·width]. */
    private static Map<String, Place> turns(int expert) {
        return Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, true, 0, 2, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, true, 1, 2, WIDTH)));
    }

    /** Gate columns first: [experts residual 2·width]. */
    private static Map<String, Place> columns(int expert) {
        return Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, true, 0, 1, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, true, WIDTH, 1, WIDTH)));
    }

    /** Biases take turns: [experts 2·width]. */
    private static Map<String, Place> biases(int expert) {
        return Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, false, 0, 2, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, false, 1, 2, WIDTH)));
    }

    private Checkpoint write(String name, Map<String, Tensor> tensors) {
        Path place = directory.resolve(name);
        Checkpoint.write(place, JsonNodeFactory.instance.objectNode(), Parameters.of(tensors), Map.of());
        return Checkpoint.open(place);
    }

    private Parameters rewritten(String name, Checkpoint like, TensorSource source) {
        Path place = directory.resolve(name);
        CheckpointWriter.write(place, new CheckpointContent(like.config(), Map.of(), like.tensors(), source),
                CheckpointOptions.defaults());
        return Checkpoint.open(place).load();
    }

    private static Tensor expected(Tensor fused, Slice slice) {
        Tensor one = fused.select(0, slice.index());
        Tensor turned = slice.transposed() ? one.transpose(0, 1) : one;
        List<Tensor> rows = new ArrayList<>();
        for (long row = 0; row < slice.count(); row++) {
            rows.add(turned.narrow(0, slice.start() + row * slice.step(), 1));
        }
        return Tensor.concatenate(rows, 0);
    }

    private void comesBack(String name, Cut cut, DType type, long... shape) {
        StoredLayout layout = layout(cut);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Tensor fused = random.normal(DType.FLOAT64, shape).to(type);
            Checkpoint checkpoint = write(name, Map.of("fused", fused, "old.norm", random.normal(type, RESIDUAL)));
            Map<String, TensorLayout> canonical = layout.canonical(checkpoint.tensors());
            assertThat(canonical.keySet()).isEqualTo(layout.places().keySet());
            Map<String, Tensor> read = new LinkedHashMap<>();
            try (CheckpointReader reader = checkpoint.reader(layout)) {
                canonical.forEach((tensor, expected) -> {
                    Tensor found = reader.read(tensor);
                    assertThat(TensorLayout.of(found)).isEqualTo(expected);
                    layout.place(tensor).slice().ifPresent(slice ->
                            assertThat(found.sameAs(expected(fused, slice))).as(tensor).isTrue());
                    read.put(tensor, found);
                });
            }
            Parameters again = rewritten(name + "-again", checkpoint, layout.source(checkpoint.tensors(), read::get));
            assertThat(again.get("fused").sameAs(fused)).isTrue();
            assertThat(again.get("old.norm").sameAs(read.get("norm"))).isTrue();
        }
    }

    @Test
    void slicesAreReadAndWrittenBackToTheBit() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            comesBack("rows" + type, StoredLayoutTest::rows, type, EXPERTS, 2 * WIDTH, RESIDUAL);
            comesBack("turns" + type, StoredLayoutTest::turns, type, EXPERTS, RESIDUAL, 2 * WIDTH);
            comesBack("columns" + type, StoredLayoutTest::columns, type, EXPERTS, RESIDUAL, 2 * WIDTH);
            comesBack("biases" + type, StoredLayoutTest::biases, type, EXPERTS, 2 * WIDTH);
        }
    }

    @Test
    void aCopyIsWrittenFromTheTensorThatItRepeats() {
        StoredLayout layout = new StoredLayout(
                Map.of("embedding", Place.whole("model.embedding")), Map.of("head", "embedding"));
        try (Scope scope = Scope.open()) {
            Tensor same = Random.seeded(1).normal(DType.FLOAT32, 4, 3);
            Tensor moved = Random.seeded(2).normal(DType.FLOAT32, 4, 3);
            Checkpoint checkpoint = write("copies", Map.of("model.embedding", same, "head", same));
            assertThat(layout.canonical(checkpoint.tensors())).containsOnlyKeys("embedding");
            Parameters written = rewritten("moved", checkpoint, layout.source(checkpoint.tensors(), _ -> moved));
            assertThat(written.get("head").sameAs(moved)).isTrue();
            assertThat(written.get("model.embedding").sameAs(moved)).isTrue();
            Map<String, TensorLayout> narrow = Map.of("model.embedding", TensorLayout.of(same),
                    "head", TensorLayout.of(moved.to(DType.FLOAT64)));
            assertThatThrownBy(() -> layout.canonical(narrow)).isInstanceOf(WorkFailure.class)
                    .hasMessageContaining(
                            "'head' is F64[4, 3] but should repeat 'model.embedding', which is F32[4, 3]");
        }
        assertThatThrownBy(() -> new StoredLayout(Map.of("a", Place.whole("a")), Map.of("a", "a")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StoredLayout(Map.of("a", Place.whole("a")), Map.of("b", "c")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void refused(StoredLayout layout, Map<String, TensorLayout> stored, String... parts) {
        assertThatThrownBy(() -> layout.canonical(stored)).isInstanceOf(WorkFailure.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void everyStoredTensorIsCoveredExactlyOnce() {
        TensorLayout norm = new TensorLayout(ElementType.F32, new long[] {RESIDUAL});
        TensorLayout fused = new TensorLayout(ElementType.F32, new long[] {EXPERTS, 2 * WIDTH, RESIDUAL});
        StoredLayout right = layout(StoredLayoutTest::rows);
        refused(right, Map.of("fused", fused), "'old.norm' is missing");
        refused(right, Map.of("fused", fused, "old.norm", norm, "more", norm), "'more' belongs to no tensor");
        refused(right, Map.of("old.norm", norm, "fused",
                new TensorLayout(ElementType.F32, new long[] {EXPERTS + 1, 2 * WIDTH, RESIDUAL})), "'fused'");
        refused(right, Map.of("old.norm", norm, "fused",
                new TensorLayout(ElementType.F32, new long[] {EXPERTS - 1, 2 * WIDTH, RESIDUAL})), "'fused'");
        refused(right, Map.of("old.norm", norm, "fused",
                new TensorLayout(ElementType.F32, new long[] {EXPERTS, 2 * WIDTH + 1, RESIDUAL})),
                "'fused'", "do not take 9 rows together");
        refused(right, Map.of("old.norm", norm, "fused", norm), "'fused' has the shape [5]");
        StoredLayout twice = layout(expert -> Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, false, 0, 1, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, false, 1, 1, WIDTH))));
        refused(twice, Map.of("fused", fused, "old.norm", norm), "'fused'", "takes row");
        StoredLayout mixed = layout(expert -> Map.of(
                "gate." + expert, Place.of("fused", new Slice(expert, false, 0, 1, WIDTH)),
                "up." + expert, Place.of("fused", new Slice(expert, true, 1, 1, WIDTH))));
        refused(mixed, Map.of("fused", fused, "old.norm", norm), "'fused'", "differ in their axes");
    }

    @Test
    void aPlainLayoutIsTheFiles() {
        try (Scope scope = Scope.open()) {
            Checkpoint checkpoint = write("plain", Map.of("a", Tensor.ones(DType.FLOAT32, 2)));
            assertThat(StoredLayout.plain(Set.of("a")).canonical(checkpoint.tensors())).isEqualTo(checkpoint.tensors());
        }
    }
}
