package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;

class RefusalsTest {
    private static final String MODELS = "models: [{model: a}, {model: b}]";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "models: [{model: a}] | line 1: the key 'merge_method' is missing",
        "merge_method: [linear] | line 1: behind 'merge_method' stands a list, expected one of ",
        "merge_method: liner | line 1: there is no method 'liner'; the nearest is 'linear' of ",
        "merge_method: linear | line 1: neither 'models' nor 'slices' is given, expected exactly one",
        "[1, 2] | line 1: the text is a list, expected keys such as 'merge_method'",
        "just words | line 1: the text is the text 'just words', expected keys",
        "'{a: 1, b: 2}: 3' | line 1: a key is a list or a section, expected a text"})
    void textThatIsNoConfigurationIsRefused(String yaml, String told) {
        assertRefused(yaml, told);
    }

    @Test
    void emptyTextIsRefused() {
        assertThatThrownBy(() -> Configurations.one("# nothing\n---\n")).isInstanceOf(WrongUse.class)
                .hasMessage("merge.yml: the file holds no merge, expected at least 'merge_method' and 'models'.");
    }

    @Test
    void brokenYamlIsRefusedWithItsLine() {
        assertRefused("merge_method: linear\nmodels: [{model: a}\nother: 1\n", "line 3: the text is no YAML here");
        assertRefused("merge_method: linear\n\tmodels: 1\n", "line 2: a tab stands where YAML allows only spaces");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "slices: [{sources: [{model: a}]}] | line 1: 'models' and 'slices' are given together, expected exactly one",
        "experts: [{source_model: a}] | line 3: the key 'experts' is refused: it describes how dense models become",
        "gate_mode: hidden | line 3: the key 'gate_mode' is refused: it describes how the router",
        "load_in_4bit: true | line 3: the key 'load_in_4bit' is refused: quantised numbers cannot be merged",
        "dtype: int8 | line 3: 'dtype' is 'int8', expected one of float16, bfloat16, float32, float64",
        "align: rotate | line 3: 'align' is 'rotate', expected one of auto, none, weight, activation, learned",
        "tokenizer: {tokens: {x: {source: a}}} | line 3: 'tokens' chooses embeddings token by token",
        "tokenizer: {pad_to_multiple_of: 64} | line 3: 'pad_to_multiple_of' lengthens the embeddings",
        "tokenizer: union | line 3: in 'tokenizer' stands the text 'union', expected a section with keys",
        "base_model: org/m+org/lora | line 3: as base_model stands 'org/m+org/lora', a model with a LoRA adapter",
        "base_model: [a] | line 3: as base_model stands a list, expected the name or directory of a model",
        "base_model: {revision: x} | line 3: base_model has neither 'model' nor 'path'",
        "parameters: [1] | line 3: in the parameters of the configuration stands a list, expected a section",
        "parameters: {weight: []} | line 3: the list of the parameter 'weight' has 0 values",
        "parameters: {weight: [1, yes]} | line 3: the parameter 'weight' is 'yes', expected a finite number",
        "parameters: {normalize: [1, yes]} | line 3: the list of the parameter 'normalize' mixes numbers and words",
        "parameters: {weight: [1, {value: 2}]} | line 3: in the list of the parameter 'weight' stands a section",
        "parameters: {weight: [{filter: x}]} | line 3: an entry of the parameter 'weight' has no 'value'",
        "parameters: {weight: {value: {value: 1}}} | line 3: behind the 'value' of the parameter 'weight' stands",
        "chat_template: [x] | line 3: under 'chat_template' of the configuration stands a list, expected a text"})
    void whatHasNoMeaningAtTheTopIsRefused(String line, String told) {
        assertRefused("merge_method: linear\n" + MODELS + "\n" + line + "\n", told);
    }

    @Test
    void bothSpellingsOfATokenizerTogetherAreRefused() {
        assertRefused("merge_method: linear\n" + MODELS + "\ntokenizer_source: base\ntokenizer: {source: base}\n",
                "line 4: 'tokenizer_source' and 'tokenizer' are given together, expected one of them");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "models: [] | line 2: 'models' lists none",
        "models: {model: a} | line 2: under 'models' of the configuration stands a section with keys, expected a list",
        "models: [a] | line 2: in the entry of a model stands the text 'a', expected a section",
        "models: [{parameters: {}}] | line 2: an entry has no 'model'",
        "models: [{model: a+b}] | line 2: as model stands 'a+b', a model with a LoRA adapter",
        "models: [{model: {model: a, lora: {path: b}}}] | line 2: as model stands an adapter under 'lora'",
        "slices: [] | line 2: 'slices' lists none",
        "slices: [{sources: []}] | line 2: the method 'linear' takes at least 1 model, found 0",
        "modules: {text: {models: [{model: a}]}} | line 2: models of several modules cannot be merged",
        "modules: {default: {models: [{model: a}], parameters: {weight: 1}}} | line 2: the module 'default' has",
        "modules: {default: {modules: {default: {models: [{model: a}]}}}} | line 2: modules cannot hold modules"})
    void modelsAndSlicesThatAreNoneAreRefused(String line, String told) {
        assertRefused("merge_method: linear\n" + line + "\n", told);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[0]", "[0, 1, 2]", "[2, 2]", "[3, 1]", "[-1, 2]", "[0, 1.5]", "[0, x]", "4", "[0, 99999999]", "{from: 0}"})
    void rangeThatHoldsNoLayersIsRefused(String range) {
        assertRefused("merge_method: linear\nslices:\n- sources:\n  - model: a\n    layer_range: " + range + "\n",
                "line 5: the layer_range is ");
    }

    @Test
    void sourcesOfOneSliceMustHaveAsManyLayers() {
        assertRefused("merge_method: linear\nslices:\n- sources: [{model: a, layer_range: [0, 3]}, "
                + "{model: b, layer_range: [0, 2]}]\n", "line 3: the sources of a slice take 3 and 2 layers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "merge_method: ties | line 2: the method 'ties' needs a base; write 'base_model:'",
        "merge_method: slerp | line 2: the method 'slerp' needs a base",
        "merge_method: nuslerp | line 2: the method 'nuslerp' takes exactly 2 models, found 3",
        "{merge_method: slerp, base_model: a, | line 2: the method 'slerp' takes exactly 1 model besides the base, "
            + "found 2",
        "{merge_method: passthrough, | line 2: the method 'passthrough' takes exactly 1 model, found 3"})
    void numberOfModelsAndBaseMustFitTheMethod(String method, String told) {
        assertRefused(method + "\nmodels: [{model: a}, {model: b}, {model: c}]" + (method.startsWith("{") ? "}" : ""),
                told);
    }

    @Test
    void baseIsNotCountedAmongTheModels() {
        assertRefused("merge_method: model_stock\nbase_model: a\nmodels: [{model: a}, {model: b}]",
                "line 3: the method 'model_stock' takes at least 2 models besides the base, found 1");
    }

    @Test
    void baseOfSlicesWithDifferentLayersMustBeListed() {
        assertRefused("""
                merge_method: model_stock
                base_model: base
                slices:
                  - sources:
                      - {model: a, layer_range: [0, 2]}
                      - {model: b, layer_range: [1, 3]}
                """, "line 4: the base model 'base' is no source of this slice and the others take different layers");
    }

    private static void assertRefused(String yaml, String told) {
        assertThatThrownBy(() -> Configurations.one(yaml)).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("merge.yml " + told);
    }
}
