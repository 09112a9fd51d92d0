package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether the weights of two models stand in one basis. Matrices tell: gains and biases of models that have nothing in
 * common are near each other too.
 */
public enum Kinship {
    /** Every number is equal. */
    EQUAL,
    /** Matrices of every layer point in nearly the same direction, as those of models with a common base do. */
    SHARED_BASE,
    /** Those of some layers do, those of others do not. */
    MIXED,
    /** They point in other directions: trained on their own, or moved along a symmetry. */
    INDEPENDENT,
    /** There are no matrices that could be compared. */
    UNKNOWN;

    private static final double NEAR = 0.9;
    private static final double FAR = 0.5;

    /** The name in JSON: {@code shared_base}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Decides.
     *
     * @param tensors distances of what both models have
     * @param matrices names of those with at least two axes
     */
    static Kinship of(List<WeightDistance> tensors, Set<String> matrices) {
        if (!tensors.isEmpty() && tensors.stream().allMatch(tensor -> tensor.distance() == 0)) {
            return EQUAL;
        }
        List<Double> cosines = cosines(tensors, matrices);
        if (cosines.isEmpty()) {
            return UNKNOWN;
        }
        if (cosines.stream().allMatch(cosine -> cosine >= NEAR)) {
            return SHARED_BASE;
        }
        boolean isFar = WeightDistance.together("", matrices(tensors, matrices)).cosine().orElse(0) < FAR;
        return isFar && cosines.stream().noneMatch(cosine -> cosine >= NEAR) ? INDEPENDENT : MIXED;
    }

    /** Layers whose matrices do not point in nearly the same direction. */
    static List<String> apart(List<WeightDistance> tensors, Set<String> matrices) {
        return WeightDistance.layers(matrices(tensors, matrices)).stream()
                .filter(layer -> layer.cosine().orElse(1) < NEAR)
                .map(WeightDistance::name)
                .toList();
    }

    private static List<Double> cosines(List<WeightDistance> tensors, Set<String> matrices) {
        List<Double> cosines = new ArrayList<>();
        WeightDistance.layers(matrices(tensors, matrices)).forEach(layer -> layer.cosine().ifPresent(cosines::add));
        return cosines;
    }

    private static List<WeightDistance> matrices(List<WeightDistance> tensors, Set<String> matrices) {
        return tensors.stream().filter(tensor -> matrices.contains(tensor.name())).toList();
    }
}
