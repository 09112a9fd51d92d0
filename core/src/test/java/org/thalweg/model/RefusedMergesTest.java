package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.tensor.WorkObserver;

/** What cannot be merged is said in one sentence, and nothing is left. */
class RefusedMergesTest {
    @TempDir
    private Path directory;

    private Models models;
    private Merges merges;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
        merges = new Merges(directory);
    }

    @Test
    void aHeadThatOneModelAloneHasIsNotLostInSilence() {
        models.write("a", SmallConfigs.of("llama").put("tie_word_embeddings", true), 1, model -> model);
        models.llama("b", 2);

        assertThatThrownBy(() -> merges.merge(Merges.mean("a", "b"), Merges.settings(false, false)))
                .isInstanceOf(WorkFailure.class).hasMessageContainingAll("'b'", "lm_head.weight", "tied");
    }

    @Test
    void aSliceBeyondTheLastLayerIsRefused() throws IOException {
        models.llama("a", 1);
        MergeConfiguration beyond = merges.file("merge_method: passthrough\nslices:\n- sources:\n"
                + "  - {model: a, layer_range: [0, 99]}\n");

        assertThatThrownBy(() -> merges.merge(beyond, Merges.settings(false, false)))
                .isInstanceOf(WrongUse.class).hasMessageContaining("99");
    }

    @Test
    void aNumberThatIsNotFiniteIsFoundInItsSource() {
        models.llama("a", 1);
        models.llama("b", 2, model -> model.mapNamed((name, tensor) ->
                name.equals("model.norm.weight") ? tensor.multiply(Double.NaN) : tensor));

        assertThatThrownBy(() -> merges.merge(Merges.mean("a", "b"), Merges.settings(false, false)))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("model.norm.weight");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void aSmallTypeThatCannotHoldTheMergeIsNamed() throws IOException {
        models.llama("a", 1, model -> model.mapNamed((name, tensor) ->
                name.equals("model.norm.weight") ? tensor.multiply(1e6) : tensor));
        models.llama("b", 2);

        assertThatThrownBy(() -> merges.merge(merges.file("merge_method: linear\nmodels:\n- model: a\n- model: b\n"
                + "parameters: {weight: 1}\nout_dtype: float16\n"), Merges.settings(false, false)))
                .isInstanceOf(WorkFailure.class).hasMessageContainingAll("model.norm.weight", "F16");
    }

    @Test
    void workThatWouldNotFitIsRefusedBeforeItBegins() {
        models.llama("a", 1);
        models.llama("b", 2);

        assertThatThrownBy(() -> merges.merge(
                Merges.mean("a", "b"), Merges.with(VocabularyRule.EQUAL, Optional.empty(), 1 << 20)))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("raise the limit");
    }

    @Test
    void writingOverASourceIsRefused() {
        models.llama("a", 1);
        models.llama("b", 2);
        Map<String, Path> places = Map.of("a", directory.resolve("a"), "b", directory.resolve("b"));

        assertThatThrownBy(() -> new Merge(Merges.mean("a", "b"), Merges.settings(false, false)).write(
                places, new Output(directory.resolve("b"), true), WorkObserver.SILENT))
                .isInstanceOf(WrongUse.class).hasMessageContaining("would delete");
    }

    @Test
    void otherHeadsOfEqualShapesAreNoModelsToMerge() {
        models.llama("a", 1);
        ObjectNode config = SmallConfigs.of("llama");
        int heads = config.get("num_attention_heads").intValue();
        int width = config.path("head_dim").asInt(config.get("hidden_size").intValue() / heads);
        models.write("b", config.put("num_attention_heads", heads / 2).put("head_dim", 2 * width)
                .put("num_key_value_heads", config.get("num_key_value_heads").intValue() / 2), 2, model -> model);
        assertThat(Checkpoint.open(directory.resolve("b")).tensors())
                .isEqualTo(Checkpoint.open(directory.resolve("a")).tensors());

        assertThatThrownBy(() -> merges.merge(Merges.mean("a", "b"), Merges.settings(false, false)))
                .isInstanceOf(WorkFailure.class).hasMessageContainingAll("cannot be merged", "kv_groups");
    }

    @Test
    void aFilterThatFitsNoTensorIsNotedAndRefusedWhereFilesAreReadStrictly() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);
        MergeConfiguration misspelt = merges.file("merge_method: slerp\nbase_model: a\nmodels:\n- model: b\n"
                + "parameters:\n  t:\n  - {filter: atention, value: 0.3}\n  - value: 0.5\n");

        assertThatThrownBy(() -> merges.merge(misspelt, new Merge.Settings(Optional.empty(), Merge.Measuring.NONE,
                VocabularyRule.EQUAL, Optional.empty(), 0, true, MemoryPlan.ofMachine())))
                .isInstanceOf(WrongUse.class).hasMessageContaining("atention");
        assertThat(merges.merge(misspelt, Merges.settings(false, false)).notes())
                .anyMatch(note -> note.contains("atention"));
    }

    @Test
    void theModelThatGivesItsTokenizerAloneIsNotOverwritten() throws IOException {
        models.llama("a", 1);
        models.llama("b", 2);
        models.llama("c", 3);
        MergeConfiguration configuration = merges.file("merge_method: linear\nmodels:\n- model: a\n- model: b\n"
                + "parameters: {weight: 1}\ntokenizer_source: c\n");
        Map<String, Path> places = Map.of("a", directory.resolve("a"), "b", directory.resolve("b"),
                "c", directory.resolve("c"));

        assertThatThrownBy(() -> new Merge(configuration, Merges.settings(false, false)).write(
                places, new Output(directory.resolve("c"), true), WorkObserver.SILENT))
                .isInstanceOf(WrongUse.class).hasMessageContaining("would delete");
    }
}
