package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * How far the weights of two models are apart, in one tensor or in several together, in float64.
 *
 * @param name of the tensor or the layer
 * @param distance square root of the summed squared differences
 * @param normA square root of the summed squares in A
 * @param normB the same in B
 */
public record WeightDistance(String name, double distance, double normA, double normB) {
    /** Numbers that are measured at a time: what caches hold in float64. */
    private static final long BLOCK = 1 << 17;

    /**
     * The distance in units of A's norm.
     *
     * @return nothing where A is 0 and B is not
     */
    public OptionalDouble relative() {
        return distance == 0 ? OptionalDouble.of(0)
                : normA == 0 ? OptionalDouble.empty() : OptionalDouble.of(distance / normA);
    }

    /**
     * The cosine of the angle between the two, from the three lengths: exact to the last digits near 1.
     *
     * @return nothing where one of them is 0
     */
    public OptionalDouble cosine() {
        if (normA == 0 || normB == 0) {
            return OptionalDouble.empty();
        }
        double difference = normA - normB;
        double below = (distance - difference) * (distance + difference) / (2 * normA * normB);
        return OptionalDouble.of(Math.clamp(1 - below, -1, 1));
    }

    /**
     * Measures a tensor, a block at a time.
     *
     * @param name of the tensor
     * @param a of A, of any shape and type; not changed
     * @param b of B, of the same shape; not changed
     * @return its distance; not finite where a number is not
     */
    static WeightDistance of(String name, Tensor a, Tensor b) {
        try (Scope scope = Scope.open()) {
            Tensor first = a.reshape(-1);
            Tensor second = b.reshape(-1);
            double distance = 0;
            double normA = 0;
            double normB = 0;
            for (long start = 0; start < first.size(); start += BLOCK) {
                try (Scope block = Scope.open()) {
                    Tensor one = block(first, start);
                    Tensor other = block(second, start);
                    distance += squared(one.subtract(other));
                    normA += squared(one);
                    normB += squared(other);
                }
            }
            return new WeightDistance(name, Math.sqrt(distance), Math.sqrt(normA), Math.sqrt(normB));
        }
    }

    private static Tensor block(Tensor tensor, long start) {
        return tensor.narrow(0, start, Math.min(BLOCK, tensor.size() - start)).to(DType.FLOAT64);
    }

    private static double squared(Tensor numbers) {
        double norm = numbers.norm();
        return norm * norm;
    }

    boolean isFinite() {
        return Double.isFinite(distance) && Double.isFinite(normA) && Double.isFinite(normB);
    }

    /** Several together. */
    static WeightDistance together(String name, List<WeightDistance> parts) {
        return new WeightDistance(name, length(parts, WeightDistance::distance), length(parts, WeightDistance::normA),
                length(parts, WeightDistance::normB));
    }

    private static double length(List<WeightDistance> parts, ToDoubleFunction<WeightDistance> part) {
        return Math.sqrt(parts.stream().mapToDouble(part).map(one -> one * one).sum());
    }

    /**
     * Tensors together by layer.
     *
     * @return what is in no layer first, then layers by number
     */
    static List<WeightDistance> layers(List<WeightDistance> tensors) {
        Map<LayerKey, List<WeightDistance>> layers = new TreeMap<>();
        tensors.forEach(tensor ->
                layers.computeIfAbsent(LayerKey.of(tensor.name()), _ -> new ArrayList<>()).add(tensor));
        return layers.entrySet().stream().map(layer -> together(layer.getKey().label(), layer.getValue())).toList();
    }
}
