package org.thalweg.assignment;

/**
 * An auction in rounds of falling increments: the first rounds move prices in large steps towards where they belong, so
 * that the last ones need few (Bertsekas 1988). Leaves good prices, not an optimum; square problems only, because
 * prices of columns that stay alone in a wide problem must not move.
 */
final class ScaledAuction {
    private static final double FIRST = 0.25;
    private static final double LAST = 2.5e-6;
    private static final double RATIO = 0.25;

    private final CandidateLists lists;
    private final Bidding bidding;

    ScaledAuction(CandidateLists lists, Bidding bidding) {
        this.lists = lists;
        this.bidding = bidding;
    }

    /** Runs the rounds until the last increment or until so many elements of rows were read. */
    void run(long mostElements) {
        double scale = lists.largestSpread();
        long end = lists.elementsRead() + mostElements;
        for (double step = FIRST; step > LAST && lists.elementsRead() < end; step *= RATIO) {
            if (scale * step > 0) {
                bidding.releaseAll();
                bidding.run(scale * step, Long.MAX_VALUE, end);
            }
        }
    }
}
