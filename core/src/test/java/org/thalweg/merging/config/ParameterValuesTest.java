package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeValues;

class ParameterValuesTest {
    private static final LayerPosition OUTSIDE = LayerPosition.outsideLayers();

    @Test
    void modelComesBeforeSliceAndSliceBeforeTop() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                slices:
                  - sources:
                      - model: a
                        layer_range: [0, 2]
                        parameters:
                          weight: 0.1
                      - model: b
                        layer_range: [0, 2]
                    parameters:
                      weight: 0.2
                  - sources:
                      - model: a
                        layer_range: [2, 4]
                        parameters:
                          weight: 0.4
                      - model: b
                        layer_range: [2, 4]
                parameters:
                  weight: 0.3
                """);
        assertThat(weights(merge, 0, "x")).containsExactly(0.1, 0.2);
        assertThat(weights(merge, 1, "x")).containsExactly(0.4, 0.3);
    }

    @Test
    void firstFilterThatIsInTheNameWins() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: slerp
                base_model: a
                models:
                  - model: a
                  - model: b
                parameters:
                  t:
                    - filter: self_attn.q
                      value: 0.1
                    - filter: self_attn
                      value: [0.2, 0.6]
                    - filter: q
                      value: 0.8
                    - value: 0.9
                """);
        assertThat(t(merge, "model.layers.0.self_attn.q_proj.weight")).isEqualTo(0.1);
        assertThat(t(merge, "model.layers.0.self_attn.v_proj.weight")).isEqualTo(0.2);
        assertThat(merge.values(merge.slices().getFirst())
                .at("model.layers.1.self_attn.v_proj.weight", LayerPosition.layer(1, 2)).real("t")).isEqualTo(0.6);
        assertThat(t(merge, "sequence.weight")).isEqualTo(0.8);
        assertThat(t(merge, "lm_head.weight")).isEqualTo(0.9);
    }

    @Test
    void starStandsForAllTensorsAndOneEntryNeedsNoList() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: slerp
                base_model: a
                models: [{model: b}]
                parameters:
                  t: {filter: "*", value: 0.5}
                """);
        assertThat(t(merge, "anything")).isEqualTo(0.5);
        assertThat(merge.filtersWithoutTensor(List.of("anything"))).isEmpty();
    }

    @Test
    void levelWhoseFiltersFitNothingLeavesTheValueToTheNextLevel() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                models:
                  - model: a
                    parameters:
                      weight:
                        - filter: mlp
                          value: 0.5
                  - model: b
                parameters:
                  weight:
                    - filter: norm
                      value: 2
                    - value: 1
                """);
        assertThat(weights(merge, 0, "layers.0.mlp.up")).containsExactly(0.5, 1);
        assertThat(weights(merge, 0, "layers.0.norm")).containsExactly(2, 2);
        assertThat(weights(merge, 0, "layers.0.attn")).containsExactly(1, 1);
    }

    @Test
    void parameterThatNobodyMentionsHasItsUsualValue() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: ties
                base_model: base
                models:
                  - model: a
                    parameters:
                      weight: 1
                parameters:
                  normalize: 0
                """);
        MergeValues values = merge.values(merge.slices().getFirst()).at("x", OUTSIDE);
        assertThat(values.reals("density")).containsExactly(1);
        assertThat(values.real("lambda")).isEqualTo(1);
        assertThat(values.flag("normalize")).isFalse();
    }

    @Test
    void filtersOfAModelGoByTheNameInThatModel() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                slices:
                  - sources:
                      - {model: a, layer_range: [0, 1]}
                      - model: b
                        layer_range: [7, 8]
                        parameters:
                          weight:
                            - filter: layers.7.
                              value: 0.25
                parameters:
                  weight: 1
                """);
        MergeValues values = merge.values(merge.slices().getFirst())
                .at("layers.0.mlp", List.of("layers.0.mlp", "layers.7.mlp"), LayerPosition.layer(0, 1));
        assertThat(values.reals("weight")).containsExactly(1, 0.25);
    }

    @Test
    void missingParameterIsNamedWithModelAndTensor() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: linear
                models:
                  - model: a
                    parameters:
                      weight: 1
                  - model: b
                    parameters:
                      weight:
                        - filter: mlp
                          value: 1
                """);
        assertThat(weights(merge, 0, "mlp.up")).containsExactly(1, 1);
        assertThatThrownBy(() -> weights(merge, 0, "lm_head.weight")).isInstanceOf(WrongUse.class).hasMessage(
                "merge.yml line 2: the parameter 'weight' has no value for the tensor 'lm_head.weight' of the model "
                        + "'b', and the method 'linear' needs one; write 'weight' under 'parameters' of the model or "
                        + "at the top, with one entry without a filter where it has filters.");
    }

    @Test
    void filterThatIsInNoNameIsToldWithItsLine() {
        MergeConfiguration merge = Configurations.one("""
                merge_method: slerp
                base_model: a
                models: [{model: b}]
                parameters:
                  t:
                    - filter: self_atn
                      value: 0.5
                    - filter: mlp
                      value: 0.5
                    - value: 0.5
                """);
        assertThat(merge.filtersWithoutTensor(List.of("layers.0.self_attn.q", "layers.0.mlp.up"))).singleElement()
                .asString().startsWith("merge.yml line 6: the filter 'self_atn' is in the name of no tensor");
    }

    private static double[] weights(MergeConfiguration merge, int slice, String tensor) {
        return merge.values(merge.slices().get(slice)).at(tensor, OUTSIDE).reals("weight");
    }

    private static double t(MergeConfiguration merge, String tensor) {
        return merge.values(merge.slices().getFirst()).at(tensor, OUTSIDE).real("t");
    }
}
