package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A feed-forward network's weights with their biases as a last column, in float64.
 *
 * @param maps [out in+1] each, first to last
 */
record LinearMaps(List<Tensor> maps) {
    static LinearMaps read(Parameters model, String prefix, int count) {
        List<Tensor> maps = new ArrayList<>();
        for (int map = 0; map < count; map++) {
            Tensor weight = model.get(prefix + map + ".weight").to(DType.FLOAT64); // [out in]
            Tensor bias = model.get(prefix + map + ".bias").to(DType.FLOAT64).unsqueeze(1); // [out 1]
            maps.add(Tensor.concatenate(List.of(weight, bias), 1));
        }
        return new LinearMaps(maps);
    }

    /** Width of a hidden layer. */
    int units(int layer) {
        return (int) maps.get(layer).length(0);
    }

    int hiddenLayers() {
        return maps.size() - 1;
    }

    /** A map without its bias column, [out in]. */
    Tensor weight(int map) {
        Tensor joined = maps.get(map);
        return joined.narrow(1, 0, joined.length(1) - 1);
    }
}
