package org.thalweg.zoo;

import java.util.List;
import java.util.Map;

/**
 * What was measured of all models of a system.
 *
 * @param byVariant for each variant, for each seed in the same order, numbers by name
 */
public record Measurements(Map<String, List<Map<String, Double>>> byVariant) {
    /**
     * One quantity of one variant.
     *
     * @param variant which
     * @param quantity a name that {@link MoeSystem#measure} gave
     * @return a value for each seed, in the same order for all variants
     */
    public double[] of(String variant, String quantity) {
        return byVariant.get(variant).stream().mapToDouble(values -> values.get(quantity)).toArray();
    }

    /**
     * Seed by seed, how much more one variant has of a quantity than another.
     *
     * @param more a variant
     * @param less a variant
     * @param quantity a name that {@link MoeSystem#measure} gave
     * @return the differences
     */
    public double[] difference(String more, String less, String quantity) {
        double[] result = of(more, quantity);
        double[] other = of(less, quantity);
        for (int i = 0; i < result.length; i++) {
            result[i] -= other[i];
        }
        return result;
    }
}
