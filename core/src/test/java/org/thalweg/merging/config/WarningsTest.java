package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;

class WarningsTest {
    private static final String MISSPELT = """
            merge_method: linear
            models: [{model: a}, {model: b}]
            parameters:
              weight: 1
              nomalize: true
            """;

    @Test
    void misspeltParameterIsToldWithTheNearestThatTheMethodTakes() {
        assertThat(Configurations.one(MISSPELT).text().warnings()).containsExactly(
                "merge.yml line 5: the method 'linear' takes no parameter 'nomalize', so it changes nothing; the "
                        + "nearest that it takes is 'normalize'.");
    }

    @Test
    void strictReadingRefusesWhatIsWarnedOf(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("merge.yml"), MISSPELT);
        assertThatCode(() -> MergeFile.read(file)).doesNotThrowAnyException();
        assertThatThrownBy(() -> MergeFile.read(file, true)).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith(file + " line 5: the method 'linear' takes no parameter 'nomalize'")
                .hasMessageEndingWith("is 'normalize'; change it, or leave out --strict.");
        Path sound = Files.writeString(directory.resolve("sound.yml"), MISSPELT.replace("nomalize", "normalize"));
        assertThat(MergeFile.read(sound, true)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dytpe: float32 | line 3: unknown key 'dytpe' in the configuration, which changes nothing; the nearest known "
            + "key is 'dtype'.",
        "normalize: true | line 3: unknown key 'normalize' in the configuration, which changes nothing; it is a "
            + "parameter, so write it under 'parameters'.",
        "parameters: {dtype: float32} | line 3: the method 'linear' takes no parameter 'dtype', so it changes nothing; "
            + "'dtype' is a key of the top and stands outside 'parameters'.",
        "parameters: {density: 1} | line 3: the method 'linear' takes no parameter 'density', so it changes nothing; "
            + "it takes normalize, weight.",
        "parameters: {weight: [{filtr: mlp, value: 1}]} | line 3: unknown key 'filtr' in 'weight', which changes "
            + "nothing; the nearest known key is 'filter'.",
        "tokenizer: {sauce: union} | line 3: unknown key 'sauce' in 'tokenizer', which changes nothing; the nearest "
            + "known key is 'source'."})
    void keyThatNobodyReadsIsTold(String line, String warning) {
        assertThat(Configurations.one("merge_method: linear\nmodels: [{model: a}, {model: b}]\n" + line + "\n")
                .text().warnings()).containsExactly("merge.yml " + warning);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "weight: 0.5 | unknown key 'weight' in the entry of a model, which changes nothing; it is a parameter, so "
            + "write it under 'parameters'.",
        "layer_range: [0, 2] | unknown key 'layer_range' in the entry of a model, which changes nothing; it stands in "
            + "the sources of 'slices'.",
        "parmeters: {} | unknown key 'parmeters' in the entry of a model, which changes nothing; the nearest known key "
            + "is 'parameters'.",
        "parameters: {lambda: 1} | the parameter 'lambda' is one for all models and changes nothing at one of them; "
            + "write it under 'parameters' of the slice or at the top."})
    void keyOfAModelThatNobodyReadsIsTold(String line, String warning) {
        assertThat(Configurations.one("""
                merge_method: ties
                base_model: base
                models:
                  - model: a
                    %s
                """.formatted(line)).text().warnings()).containsExactly("merge.yml line 5: " + warning);
    }

    @Test
    void parametersOfTheBaseAreTold() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: task_arithmetic
                base_model: base
                models:
                  - model: base
                    parameters: {weight: 0.5}
                  - model: a
                    parameters: {weight: 0.5}
                """);
        assertThat(merge.text().warnings()).singleElement().asString()
                .startsWith("merge.yml line 5: parameters of the base model change nothing");
    }

    @Test
    void baseThatTakesNoPartIsTold() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                base_model: base
                models: [{model: a}, {model: b}]
                """);
        assertThat(merge.text().warnings()).singleElement().asString().contains(
                "'base' gives configuration and tokenizer alone; list it as a model to merge it too");
    }

    @Test
    void weightOfAMethodWithoutOneIsToldAndForKarcherRefused() {
        String yaml = """
                merge_method: %s
                base_model: base
                models:
                  - model: a
                    parameters: {weight: 2}
                  - model: b
                """;
        assertThat(Configurations.one(yaml.formatted("model_stock")).text().warnings()).singleElement().asString()
                .contains("the method 'model_stock' takes no parameter 'weight'");
        assertThatThrownBy(() -> Configurations.one(yaml.formatted("karcher"))).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("merge.yml line 5: karcher gives every model the same weight; ")
                .hasMessageEndingWith(", which has weights.");
    }
}
