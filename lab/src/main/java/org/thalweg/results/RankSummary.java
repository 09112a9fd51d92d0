package org.thalweg.results;

/**
 * Where the expert order of one method stands among the measured orders, over the pairs of one setting.
 *
 * @param rank by loss barrier, 1 is best
 * @param lHat excess of the loss barrier over the best order, in percent of naive's
 * @param rankAccuracy by accuracy barrier
 * @param lHatAccuracy excess of the accuracy barrier, in percent of naive's
 */
public record RankSummary(
        PairStatistic rank, PairStatistic lHat, PairStatistic rankAccuracy, PairStatistic lHatAccuracy) {
    /** Of pairs that were not ranked. */
    public static final RankSummary NONE =
            new RankSummary(PairStatistic.NONE, PairStatistic.NONE, PairStatistic.NONE, PairStatistic.NONE);
}
