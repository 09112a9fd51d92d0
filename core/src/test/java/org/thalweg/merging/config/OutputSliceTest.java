package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;

class OutputSliceTest {
    private static final Map<String, Integer> LAYERS = Map.of("a", 4, "b", 4, "c", 6);

    @Test
    void modelWithoutARangeTakesPartWithAllLayers() {
        OutputSlice slice = slice("{model: a}, {model: b, layer_range: [0, 4]}");
        assertThat(slice.layers(LAYERS::get)).containsExactly(new LayerRange(0, 4), new LayerRange(0, 4));
        assertThat(slice.layersOfBase(LAYERS::get)).isEmpty();
    }

    @Test
    void sliceBeyondTheLastLayerIsRefused() {
        OutputSlice slice = slice("{model: a, layer_range: [1, 5]}, {model: c, layer_range: [2, 6]}");
        assertThatThrownBy(() -> slice.layers(LAYERS::get)).isInstanceOf(WrongUse.class).hasMessage(
                "merge.yml line 3: the layer_range [1, 5] goes beyond the last layer of the model 'a', which has 4; it "
                        + "may end at 4, which stands for all.");
    }

    @Test
    void modelsOfDifferentDepthAreRefused() {
        OutputSlice slice = slice("{model: a}, {model: c}");
        assertThatThrownBy(() -> slice.layers(LAYERS::get)).isInstanceOf(WrongUse.class).hasMessageStartingWith(
                "merge.yml line 3: the model 'c' takes part with 6 layers and 'a' with 4, expected as many");
    }

    private static OutputSlice slice(String sources) {
        return Configurations.one("merge_method: linear\nslices:\n  - sources: [" + sources + "]\n")
                .slices().getFirst();
    }
}
