package org.thalweg.matching;

/**
 * How two models are aligned by their weights.
 *
 * @param experts what orders experts
 * @param residual what is done about the residual stream
 * @param gauge in which weights are compared
 * @param costs by what heads, units and the stream are compared
 * @param starts how often matching starts, and whether its result is polished
 * @param passes over the stream and everything else at most; fewer are made when one gains nothing
 */
public record WeightMatchSettings(
        ExpertOrdering experts,
        ResidualMatching residual,
        MatchingGauge gauge,
        CostRule costs,
        StartSettings starts,
        int passes) {
    /** Passes at most, when nothing else is asked for. */
    public static final int MOST_PASSES = 20;

    /** Refuses fewer than one pass. */
    public WeightMatchSettings {
        if (passes < 1) {
            throw new IllegalArgumentException("matching needs at least one pass, not " + passes);
        }
    }

    /**
     * As many passes as gain anything.
     *
     * @param experts what orders experts
     * @param residual what is done about the residual stream
     * @param gauge in which weights are compared
     * @param costs by what heads, units and the stream are compared
     * @param starts how often matching starts, and whether its result is polished
     */
    public WeightMatchSettings(
            ExpertOrdering experts, ResidualMatching residual, MatchingGauge gauge, CostRule costs,
            StartSettings starts) {
        this(experts, residual, gauge, costs, starts, MOST_PASSES);
    }

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
        return new WeightMatchSettings(experts, residual, gauge, costs, other, passes);
    }

    /**
     * The same with other costs.
     *
     * @param other by what is compared
     * @return new settings
     */
    public WeightMatchSettings with(CostRule other) {
        return new WeightMatchSettings(experts, residual, gauge, other, starts, passes);
    }

    /**
     * The same with something else done about the stream.
     *
     * @param other what is done
     * @return new settings
     */
    public WeightMatchSettings with(ResidualMatching other) {
        return new WeightMatchSettings(experts, other, gauge, costs, starts, passes);
    }

    /**
     * The same that ends early.
     *
     * @param most passes at most
     * @return new settings
     */
    public WeightMatchSettings withPasses(int most) {
        return new WeightMatchSettings(experts, residual, gauge, costs, starts, most);
    }
}
