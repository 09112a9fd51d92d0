package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    @Test
    void listOfModelsIsOneSliceOfAllLayersWithoutTheBase() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: dare_ties
                base_model: org/base
                models:
                  - model: org/base
                  - model: org/a
                    parameters: {weight: .4, density: 0.5}
                  - model: ./b/
                    parameters: {weight: 0.6, density: 0.5}
                parameters: {normalize: true, int8_mask: true}
                dtype: bfloat16
                out_dtype: float32
                """);
        OutputSlice slice = merge.slices().getFirst();
        assertThat(merge.slices()).hasSize(1);
        assertThat(slice.sources()).extracting(SourceSlice::model).containsExactly("org/a", "./b/");
        assertThat(slice.sources()).allMatch(source -> source.range().isEmpty());
        assertThat(slice.base()).map(SourceSlice::model).contains("org/base");
        assertThat(merge.method().name()).isEqualTo("dare_ties");
        assertThat(merge.form().dtype()).contains("bfloat16");
        assertThat(merge.form().outDtype()).contains("float32");
        assertThat(merge.align()).isEqualTo(AlignChoice.NONE);
        assertThat(merge.text().warnings()).isEmpty();
        assertThat(merge.models()).containsExactly("org/base", "org/a", "./b/");
    }

    @Test
    void slicesKeepTheirOrderAndRanges() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: passthrough
                slices:
                  - sources:
                      - model: a
                        layer_range: [0, 24]
                        parameters: {scale: 0.5}
                  - sources:
                    - model: b
                      layer_range: [20, 40]
                """);
        assertThat(merge.slices()).map(slice -> slice.layers(_ -> 40).getFirst())
                .containsExactly(new LayerRange(0, 24), new LayerRange(20, 40));
        assertThat(merge.slices()).allMatch(slice -> slice.base().isEmpty());
        assertThat(merge.leader()).isEqualTo("a");
    }

    @Test
    void baseOfSlicesIsTakenFromTheirSourcesOrHasTheirLayers() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: slerp
                base_model: a
                slices:
                  - sources:
                      - {model: a, layer_range: [0, 3]}
                      - {model: b, layer_range: [1, 4]}
                  - sources:
                      - {model: b, layer_range: [4, 6]}
                  - base_model: c
                    sources:
                      - {model: b, layer_range: [6, 7]}
                parameters: {t: 0.5}
                """);
        assertThat(merge.slices()).map(slice -> slice.base().orElseThrow().model()).containsExactly("a", "a", "c");
        assertThat(merge.slices()).map(slice -> slice.layersOfBase(_ -> 8).orElseThrow())
                .containsExactly(new LayerRange(0, 3), new LayerRange(4, 6), new LayerRange(6, 7));
        assertThat(merge.models()).containsExactly("a", "b", "c");
    }

    @Test
    void baseThatAMethodDoesNotUseStaysAmongTheModels() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                base_model: b
                models: [{model: a}, {model: b}]
                parameters: {weight: 1}
                """);
        assertThat(merge.slices().getFirst().sources()).extracting(SourceSlice::model).containsExactly("a", "b");
        assertThat(merge.slices().getFirst().base()).isEmpty();
        assertThat(merge.leader()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "tokenizer_source: union", "tokenizer: {source: union}", "tokenizer: {}", "tokenizer: {tokens: {}}",
        "tokenizer: {source: \"union\", tokens: ~}"})
    void bothSpellingsOfATokenizerMeanTheSame(String spelling) {
        assertThat(withLine(spelling).form().tokenizer()).contains(new TokenizerSource.Union());
    }

    @Test
    void tokenizerIsTheBasesOrOneModelsOrNotSaid() {
        assertThat(withLine("tokenizer: {source: base}").form().tokenizer()).contains(new TokenizerSource.OfBase());
        assertThat(withLine("tokenizer_source: org/m").form().tokenizer())
                .contains(new TokenizerSource.OfModel("org/m"));
        assertThat(withLine("tokenizer_source: model:org/m").form().tokenizer())
                .contains(new TokenizerSource.OfModel("org/m"));
        assertThat(withLine("tokenizer: {source: {model: {path: org/m}}}").models()).contains("org/m");
        assertThat(withLine("dtype: float16").form().tokenizer()).isEmpty();
    }

    @Test
    void chatTemplateIsKeptAsText() {
        assertThat(withLine("chat_template: auto").form().chatTemplate()).contains("auto");
        assertThat(withLine("chat_template: |\n  {% for m in messages %}\n  {{ m }}").form().chatTemplate())
                .contains("{% for m in messages %}\n{{ m }}");
    }

    @ParameterizedTest
    @CsvSource({"auto, AUTO", "none, NONE", "weight, WEIGHT", "Activation, ACTIVATION", "learned, LEARNED"})
    void alignmentIsChosenAtTheTop(String word, AlignChoice choice) {
        assertThat(withLine("align: " + word).align()).isEqualTo(choice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "org/m | org/m", "{model: org/m} | org/m", "{model: {path: org/m}} | org/m",
        "{model: {path: org/m, revision: v2}, lora: ~} | org/m@v2", "'C:\\models\\m 1' | C:\\models\\m 1", "13 | 13"})
    void modelIsATextOrASectionWithItsPath(String written, String name) {
        MergeConfiguration merge = Configurations.one("merge_method: linear\nmodels:\n  - model: " + written + "\n");
        assertThat(merge.models()).containsExactly(name);
    }

    @Test
    void oneModuleOfTheNameDefaultIsTheWholeModel() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: passthrough
                modules:
                  default:
                    slices:
                      - sources:
                          - {model: a, layer_range: [0, 1]}
                """);
        assertThat(merge.slices().getFirst().sources()).extracting(SourceSlice::model).containsExactly("a");
    }

    @Test
    void typeMayCarryTheNameOfItsLibrary() {
        assertThat(withLine("dtype: torch.bfloat16").form().dtype()).isEqualTo(Optional.of("bfloat16"));
    }

    @Test
    void optionsOfOtherProgramsAreReadWithoutAWarning() {
        assertThat(withLine("lazy_unpickle: true\nallow_crimes: true").text().warnings()).isEqualTo(List.of());
    }

    private static MergeConfiguration withLine(String line) {
        return Configurations.one("merge_method: linear\nmodels: [{model: a}, {model: b}]\n" + line + "\n");
    }
}
