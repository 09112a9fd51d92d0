package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeValue;

class YamlHabitsTest {
    @ParameterizedTest
    @CsvSource({".4, 0.4", "1e-9, 1e-9", "1e9, 1e9", "1.0e-06, 1e-6", "'\"0.5\"', 0.5", "''' 2 ''', 2", "1_000, 1000",
        "-0.4, -0.4", "+3., 3", "007, 7"})
    void numbersMayBeWrittenInEveryUsualWay(String written, double meant) {
        assertThat(weight(written)).isEqualTo(new ParameterSetting.Fixed(new MergeValue.Real(meant)));
    }

    @ParameterizedTest
    @ValueSource(strings = {".nan", ".inf", "1e999", "half", "yes", "0x10", "1/2", "--1", "''"})
    void whatIsNoFiniteNumberIsRefusedWithItsLine(String written) {
        assertThatThrownBy(() -> weight(written)).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("merge.yml line 5: the parameter 'weight' is ")
                .hasMessageEndingWith(", expected a finite number.");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "True, true", "YES, true", "on, true", "1, true", "1.0, true", "'\"true\"', true",
        "false, false", "no, false", "Off, false", "0, false"})
    void truthValuesMayBeWrittenInEveryUsualWay(String written, boolean meant) {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                models: [{model: a}, {model: b}]
                parameters: {weight: 1, normalize: %s}
                """.formatted(written));
        assertThat(merge.values(merge.slices().getFirst()).at("x", LayerPosition.outsideLayers()).flag("normalize"))
                .isEqualTo(meant);
    }

    @Test
    void numberOtherThanNoughtAndOneIsNoTruthValue() {
        assertThatThrownBy(() -> Configurations.one("""
                merge_method: linear
                models: [{model: a}, {model: b}]
                parameters: {weight: 1, normalize: 2}
                """)).isInstanceOf(WrongUse.class).hasMessage(
                "merge.yml line 3: the parameter 'normalize' is '2', expected true or false.");
    }

    @Test
    void anchorsAndMergeKeysRepeatWhatTheyName() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: ties
                base_model: base
                models:
                  - model: a
                    parameters: &usual
                      weight: 0.5
                      density: 0.25
                  - model: b
                    parameters:
                      <<: *usual
                      weight: 2
                  - model: c
                    parameters: *usual
                """);
        var values = merge.values(merge.slices().getFirst()).at("x", LayerPosition.outsideLayers());
        assertThat(values.reals("weight")).containsExactly(0.5, 2, 0.5);
        assertThat(values.reals("density")).containsExactly(0.25, 0.25, 0.25);
        assertThat(merge.text().warnings()).isEmpty();
    }

    @Test
    void sectionWithNothingBehindItsKeyIsAbsent() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: model_stock
                base_model: base
                models:
                  - model: a
                    parameters:
                  - model: b
                parameters:
                dtype: ~
                """);
        assertThat(merge.parameters()).isEmpty();
        assertThat(merge.form().dtype()).isEmpty();
    }

    @Test
    void laterOfTwoEqualKeysCountsWithAWarning() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                models: [{model: a}, {model: b}]
                parameters:
                  weight: 1
                  weight: 2
                """);
        assertThat(merge.parameters().get("weight")).isEqualTo(new ParameterSetting.Fixed(new MergeValue.Real(2)));
        assertThat(merge.text().warnings()).containsExactly(
                "merge.yml line 5: the key 'weight' is given twice in one section, and the later one counts.");
    }

    @Test
    void shortTextThatRepeatsItselfIntoAHugeOneIsRefused() {
        StringBuilder yaml = new StringBuilder("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            yaml.append("b%d: &a%d [%s*a%d]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9), i - 1));
        }
        assertThatThrownBy(() -> Configurations.one(yaml.toString())).isInstanceOf(WrongUse.class)
                .hasMessageContaining("more than 100000 values");
    }

    @Test
    void anchorInsideItselfIsRefused() {
        assertThatThrownBy(() -> Configurations.one("merge_method: linear\nmodels: &all [*all]\n"))
                .isInstanceOf(WrongUse.class).hasMessageContaining("an anchor repeats itself");
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 90, 5000})
    void deepNestingIsRefused(int depth) {
        assertThatThrownBy(() -> Configurations.one("models: " + "[".repeat(depth) + "]".repeat(depth)))
                .isInstanceOf(WrongUse.class).hasMessageStartingWith("merge.yml");
    }

    private static ParameterSetting weight(String written) {
        return Configurations.one("""
                merge_method: linear
                models:
                  - model: a
                    parameters:
                      weight: %s
                """.formatted(written)).slices().getFirst().sources().getFirst().parameters().get("weight");
    }
}
