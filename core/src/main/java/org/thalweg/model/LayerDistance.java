package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * How far two models are apart in one layer: the square root of the summed squared differences of all weights of its
 * tensors, in float64.
 *
 * @param layer for example {@code layers.3}, or {@code embed_tokens} for what is in no layer
 * @param before distance between A and B
 * @param after distance between A and aligned B
 * @param norm of A
 */
public record LayerDistance(String layer, double before, double after, double norm) {
    /** Squared distances and norm so far. */
    private record Sums(double before, double after, double norm) {
        Sums plus(Sums other) {
            return new Sums(before + other.before, after + other.after, norm + other.norm);
        }
    }

    /** Three models whose tensors have the same names and shapes. */
    record Models(TensorReader reference, TensorReader before, TensorReader after) {}

    /**
     * Measures all layers, with one tensor of each model in memory.
     *
     * @param tensors names of the weights
     * @param models A, B and aligned B; each tensor of A and of aligned B is read once
     * @return what is in no layer first, then layers by number
     */
    static List<LayerDistance> of(Set<String> tensors, Models models) {
        Map<LayerKey, Sums> sums = new LinkedHashMap<>();
        for (String name : tensors) {
            sums.merge(LayerKey.of(name), sums(name, models), Sums::plus);
        }
        return sums.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new LayerDistance(
                        entry.getKey().label(),
                        Math.sqrt(entry.getValue().before()),
                        Math.sqrt(entry.getValue().after()),
                        Math.sqrt(entry.getValue().norm())))
                .toList();
    }

    /**
     * The whole models, from their layers.
     *
     * @param layers all of them
     * @return distances and norm of all weights, under the name {@code all}
     */
    public static LayerDistance all(List<LayerDistance> layers) {
        return new LayerDistance(
                "all",
                together(layers, LayerDistance::before),
                together(layers, LayerDistance::after),
                together(layers, LayerDistance::norm));
    }

    private static double together(List<LayerDistance> layers, ToDoubleFunction<LayerDistance> length) {
        return Math.sqrt(layers.stream().mapToDouble(length).map(one -> one * one).sum());
    }

    private static Sums sums(String name, Models models) {
        try (Scope scope = Scope.open()) {
            Tensor reference = models.reference().read(name);
            return new Sums(
                    InnerProducts.squaredDistance(reference, models.before().read(name)),
                    InnerProducts.squaredDistance(reference, models.after().read(name)),
                    InnerProducts.squareOf(reference));
        }
    }
}
