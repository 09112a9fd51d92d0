package org.thalweg.identifiability;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The scalings that bring ReLU units to a common gauge: every hidden unit's incoming weights and bias have length
 * 1, the last map has the rest. Layers that differ only by unit scalings and order are then equal but for the
 * order.
 */
final class UnitGauge {
    private UnitGauge() {}

    /** The alignment into the gauge, the identity where units have no free scale; units without input stay. */
    static Alignment of(Architecture architecture, Parameters layer, int hiddenLayers) {
        Map<String, GroupElement> elements = new LinkedHashMap<>();
        for (String space : architecture.spaces().keySet()) {
            if (space.endsWith(".unit_scale.0")) {
                String network = space.substring(0, space.length() - ".unit_scale.0".length());
                scales(layer, network, hiddenLayers).forEach(
                        (depth, scale) -> elements.put(network + ".unit_scale." + depth, scale));
            }
        }
        return new Alignment(architecture, elements);
    }

    private static Map<Integer, Scaling> scales(Parameters layer, String network, int hiddenLayers) {
        try (Scope scope = Scope.open()) {
            Map<Integer, Scaling> result = new LinkedHashMap<>();
            double[] before = new double[0];
            for (int depth = 0; depth < hiddenLayers; depth++) {
                Tensor weight = layer.get(network + ".dense." + depth + ".weight"); // [h in]
                if (depth > 0) {
                    weight = weight.multiply(Tensor.of(reciprocals(before), 1, before.length));
                }
                Tensor bias = layer.get(network + ".dense." + depth + ".bias").unsqueeze(1); // [h 1]
                before = reciprocals(ExpertOutputs.lengths(Tensor.concatenate(List.of(weight, bias), 1)));
                result.put(depth, new Scaling(before));
            }
            return result;
        }
    }

    private static double[] reciprocals(double[] numbers) {
        return Arrays.stream(numbers).map(number -> number > 0 ? 1 / number : 1).toArray();
    }
}
