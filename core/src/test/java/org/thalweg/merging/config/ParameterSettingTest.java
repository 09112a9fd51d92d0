package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.merging.MergeValue;

class ParameterSettingTest {
    @Test
    void gradientIsStraightBetweenItsNumbersAtEachLayer() {
        // Five layers stand at 0, 1/4, 1/2, 3/4 and 1 of the way; three numbers at 0, 1/2 and 1.
        assertThat(alongLayers(5, 0, 1, 0.4)).containsExactly(0, 0.5, 1, 0.7, 0.4);
    }

    @Test
    void gradientWithAsManyNumbersAsLayersGivesEachLayerItsOwn() {
        assertThat(alongLayers(4, 0.1, 0.9, 0.3, 0.5)).containsExactly(0.1, 0.9, 0.3, 0.5);
    }

    @Test
    void gradientLongerThanTheLayersIsReadBetweenItsNumbers() {
        // Layers at 0, 1/2 and 1 of six numbers: places 0, 2.5 and 5.
        assertThat(alongLayers(3, 0.3, 0.5, 0.7, 0.6, 0.5, 0.2)).usingComparatorWithPrecision(1e-15)
                .containsExactly(0.3, 0.65, 0.2);
    }

    @Test
    void onlyLayerOfASliceTakesTheLastNumber() {
        assertThat(alongLayers(1, 0, 0.5, 1)).containsExactly(1);
    }

    @Test
    void tensorsOutsideAllLayersTakeTheFirstNumber() {
        assertThat(number(gradient(0.2, 0.9), "model.norm.weight", LayerPosition.outsideLayers())).isEqualTo(0.2);
        assertThat(number(gradient(0.2, 0.9), "lm_head.weight", LayerPosition.outsideLayers())).isEqualTo(0.2);
    }

    @Test
    void gradientOfOneNumberIsThatNumberEverywhere() {
        assertThat(alongLayers(3, 0.7)).containsExactly(0.7, 0.7, 0.7);
    }

    @Test
    void listOfTruthValuesIsTakenInSteps() {
        ParameterSetting steps = Configurations.one("""
                merge_method: linear
                models:
                  - model: a
                  - model: b
                parameters:
                  weight: 1
                  normalize: [yes, no, on]
                """).parameters().get("normalize");
        List<MergeValue> found = IntStream.range(0, 5)
                .mapToObj(layer -> steps.at("x", LayerPosition.layer(layer, 5)).orElseThrow()).toList();
        assertThat(found).containsExactly(flag(true), flag(true), flag(false), flag(false), flag(true));
    }

    @Test
    void layersOfASliceStandEvenlyBetweenNoughtAndOne() {
        assertThat(LayerPosition.layer(0, 33).along()).isZero();
        assertThat(LayerPosition.layer(8, 33).along()).isEqualTo(0.25, within(1e-15));
        assertThat(LayerPosition.layer(32, 33).along()).isEqualTo(1);
    }

    private static double[] alongLayers(int layers, double... numbers) {
        return IntStream.range(0, layers)
                .mapToDouble(layer -> number(gradient(numbers), "x", LayerPosition.layer(layer, layers))).toArray();
    }

    private static ParameterSetting gradient(double... numbers) {
        return new ParameterSetting.Gradient(Arrays.stream(numbers).boxed().toList());
    }

    private static double number(ParameterSetting setting, String tensor, LayerPosition position) {
        return setting.at(tensor, position).map(value -> ((MergeValue.Real) value).value()).orElseThrow();
    }

    private static MergeValue flag(boolean value) {
        return new MergeValue.Flag(value);
    }
}
