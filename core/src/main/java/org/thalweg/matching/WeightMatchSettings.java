package org.thalweg.matching;

/**
 * How two models are aligned by their weights.
 *
 * @param experts what orders experts
 * @param residual what is done about the residual stream
 * @param gauge in which weights are compared
 */
public record WeightMatchSettings(ExpertOrdering experts, ResidualMatching residual, MatchingGauge gauge) {
    /**
     * What {@code thalweg align} does when nothing else is asked for.
     *
     * @return the better expert order, the residual stream only where it is not shared, continuous maps where they help
     */
    public static WeightMatchSettings defaults() {
        return new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED);
    }
}
