package org.thalweg.results;

import java.util.List;
import java.util.Optional;

/**
 * What the numbers mean, stated in every output in the words shown to the reader.
 *
 * @param t which model the ends of the path are
 * @param lossBarrier the loss barrier's definition
 * @param accuracyBarrier the accuracy barrier's definition
 * @param auc the area's definition and quadrature
 * @param gridPoints how many points a curve has
 * @param split what the curves were measured on
 * @param units the units of loss and accuracy
 * @param seeds the seeds of the replicas
 * @param rank how ranks are counted and ties broken
 * @param lHat the definition of the excess over the best order
 * @param best how the better of two methods is chosen
 * @param spread what stands behind the plus-minus sign
 * @param interval what the intervals are, where there are any
 * @param trainSplit the part of the training data the curves were also measured on, if they were
 */
public record Conventions(
        String t,
        String lossBarrier,
        String accuracyBarrier,
        String auc,
        int gridPoints,
        Split split,
        String units,
        List<Long> seeds,
        String rank,
        String lHat,
        String best,
        String spread,
        Optional<String> interval,
        Optional<Split> trainSplit) {
    /**
     * The part of the data the curves were measured on.
     *
     * @param name the split's name, such as {@code test}
     * @param examples how many examples it has
     */
    public record Split(String name, long examples) {}

    /** Copies the seeds. */
    public Conventions {
        seeds = List.copyOf(seeds);
    }

    /**
     * The conventions of every measurement this program makes.
     *
     * @param gridPoints how many points a curve has
     * @param split what the curves were measured on
     * @param seeds the seeds of the replicas
     * @return the conventions in words
     */
    public static Conventions standard(int gridPoints, Split split, List<Long> seeds) {
        return new Conventions(
                "t is the weight on B: t=0 is A, t=1 is B; Paper A's Eq (1) weights A.",
                "Largest rise of the loss above the chord, the straight line between the two ends' losses, over the"
                        + " grid with both ends; never negative.",
                "Largest fall of the accuracy below its chord over the grid with both ends; never negative.",
                "Area between the curve and its chord by the trapezoid rule on the grid, signed: parts better than the"
                        + " chord count negative.",
                gridPoints,
                split,
                "Loss: mean cross-entropy in nats. Accuracy: fraction of right answers, 0 to 1.",
                seeds,
                "Among all n! expert orders, or as many as were drawn with the methods' own among them, each followed"
                        + " by hidden matching: 1 + the number of orders with a strictly lower barrier, so tied orders"
                        + " share the smaller rank.",
                "100 * (barrier - lowest) / (naive - lowest), in percent, where lowest is the barrier of the best"
                        + " of these orders: 0 is the best order, 100 is naive interpolation.",
                "Of the expert orders by gate and by expert, the one with the smaller loss barrier, pair by pair; by"
                        + " gate when they are equal. The ratio best/naive is taken pair by pair, then averaged.",
                "Mean and sample standard deviation (divisor n - 1) over pairs; excluded pairs enter neither."
                        + " Pairs that share a replica are not independent.",
                Optional.empty(), Optional.empty());
    }

    /**
     * The same conventions of a study that also measured on training data.
     *
     * @param split the part of the training data
     * @return conventions that name it
     */
    public Conventions withTraining(Split split) {
        return new Conventions(t, lossBarrier, accuracyBarrier, auc, gridPoints, this.split, units, seeds, rank, lHat,
                best, spread, interval, Optional.of(split));
    }

    /**
     * The same conventions of results with intervals.
     *
     * @return conventions that say what they are
     */
    public Conventions withIntervals() {
        return new Conventions(t, lossBarrier, accuracyBarrier, auc, gridPoints, split, units, seeds, rank, lHat, best,
                spread, Optional.of("95 % for the mean over pairs, by bootstrap over replicas, since pairs are not"
                        + " independent: replicas are drawn with replacement " + ReplicaBootstrap.DRAWINGS
                        + " times and the mean is over the pairs of different replicas among them; percentiles 2.5 and"
                        + " 97.5. With few replicas few different drawings exist, so the interval is rough."),
                trainSplit);
    }
}
