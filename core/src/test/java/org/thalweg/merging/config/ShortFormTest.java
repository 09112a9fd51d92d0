package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeValues;

class ShortFormTest {
    private static final LayerPosition MIDDLE = LayerPosition.layer(1, 3);

    @Test
    void fewWordsMeanWhatAFileWouldSay() {
        MergeConfiguration merge = MergeConfiguration.of("ties", List.of("a", "./b dir"), Optional.of("base"),
                List.of("0.5", "-.4"), Map.of("density", "[0, 0.4, 1]", "normalize", "no"));
        MergeValues values = merge.values(merge.slices().getFirst()).at("x", MIDDLE);
        assertThat(values.reals("weight")).containsExactly(0.5, -0.4);
        assertThat(values.reals("density")).containsExactly(0.4, 0.4);
        assertThat(values.flag("normalize")).isFalse();
        assertThat(merge.models()).containsExactly("base", "a", "./b dir");
        assertThat(merge.align()).isEqualTo(AlignChoice.AUTO);
    }

    @Test
    void itsTextReadsBackToTheSame() {
        List<String> models = List.of("a \"b\\ : #é", "null", "-", "1.5", "~");
        MergeConfiguration merge = MergeConfiguration.of(
                "linear", models, Optional.empty(), List.of(), Map.of("weight", "[1, .5]"));
        assertThat(merge.models()).containsExactlyElementsOf(models);
        MergeConfiguration again = Configurations.one(merge.text().yaml());
        assertThat(again.models()).isEqualTo(merge.models());
        assertThat(again.parameters()).isEqualTo(merge.parameters());
        assertThat(again.align()).isEqualTo(merge.align());
    }

    @Test
    void whatTheMethodDoesNotTakeIsRefused() {
        assertThatThrownBy(() -> MergeConfiguration.of(
                "linear", List.of("a", "b"), Optional.empty(), List.of("1", "1"), Map.of("lambda", "1")))
                .isInstanceOf(WrongUse.class)
                .hasMessage("the command line: the method 'linear' takes no parameter 'lambda'; it takes normalize, "
                        + "weight.");
        assertThatThrownBy(() -> MergeConfiguration.of(
                "model_stock", List.of("a", "b"), Optional.of("c"), List.of("1", "1"), Map.of()))
                .isInstanceOf(WrongUse.class).hasMessageContaining("takes no parameter 'weight'");
    }

    @Test
    void numberOfWeightsAndModelsMustFit() {
        assertThatThrownBy(() -> MergeConfiguration.of(
                "linear", List.of("a", "b"), Optional.empty(), List.of("1"), Map.of()))
                .isInstanceOf(WrongUse.class)
                .hasMessage("the command line: 1 weights are given for 2 models, expected one for each in their "
                        + "order; the base has none.");
        assertThatThrownBy(() -> MergeConfiguration.of("linear", List.of(), Optional.empty(), List.of(), Map.of()))
                .isInstanceOf(WrongUse.class)
                .hasMessage("the command line: no model is named, expected at least one besides the base.");
        assertThatThrownBy(() -> MergeConfiguration.of(
                "slerp", List.of("a", "b"), Optional.empty(), List.of(), Map.of("t", "1")))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("the command line: the method 'slerp' needs a base");
    }

    @Test
    void textThatWouldBecomeAnotherKeyStaysAText() {
        assertThatThrownBy(() -> MergeConfiguration.of(
                "linear", List.of("a"), Optional.empty(), List.of("1\nexperts: 1"), Map.of()))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("the command line: the parameter 'weight' is '1\\u000aexperts: 1', expected");
    }
}
