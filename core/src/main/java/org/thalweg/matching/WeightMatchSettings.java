package org.thalweg.matching;

/**
 * How two models are aligned by their weights.
 *
 * @param experts what orders experts
 * @param residual what is done about the residual stream
 * @param gauge in which weights are compared
 * @param costs by what heads, units and the stream are compared
 * @param starts how often matching starts, and whether its result is polished
 */
public record WeightMatchSettings(
        ExpertOrdering experts, ResidualMatching residual, MatchingGauge gauge, CostRule costs, StartSettings starts) {
    /**
     * The paper's costs and one start, polished as {@link StartSettings#defaults} says.
     *
     * @param experts what orders experts
     * @param residual what is done about the residual stream
     * @param gauge in which weights are compared
     */
    public WeightMatchSettings(ExpertOrdering experts, ResidualMatching residual, MatchingGauge gauge) {
        this(experts, residual, gauge, CostRule.PAPER, StartSettings.defaults(gauge));
    }

    /**
     * What {@code thalweg align} does when nothing else is asked for.
     *
     * @return the better expert order, the residual stream only where it is not shared, continuous maps where they help
     */
    public static WeightMatchSettings defaults() {
        return new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED);
    }

    /**
     * The same with other starts.
     *
     * @param other how often matching starts
     * @return new settings
     */
    public WeightMatchSettings with(StartSettings other) {
        return new WeightMatchSettings(experts, residual, gauge, costs, other);
    }

    /**
     * The same with other costs.
     *
     * @param other by what is compared
     * @return new settings
     */
    public WeightMatchSettings with(CostRule other) {
        return new WeightMatchSettings(experts, residual, gauge, other, starts);
    }

    /**
     * The same with something else done about the stream.
     *
     * @param other what is done
     * @return new settings
     */
    public WeightMatchSettings with(ResidualMatching other) {
        return new WeightMatchSettings(experts, other, gauge, costs, starts);
    }
}
