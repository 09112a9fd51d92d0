package org.thalweg.matching;

/**
 * How two models are aligned by their weights.
 *
 * @param experts what orders experts
 * @param residual what is done about the residual stream
 * @param continuous whether scalings and linear maps inside heads and units are matched too; they cost one rounding of
 *     the stored type, orders and signs none
 */
public record WeightMatchSettings(ExpertOrdering experts, ResidualMatching residual, boolean continuous) {
    /**
     * What {@code thalweg align} does when nothing else is asked for.
     *
     * @return the better expert order, the residual stream only where it is not shared, continuous maps where they help
     */
    public static WeightMatchSettings defaults() {
        return new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO, true);
    }
}
