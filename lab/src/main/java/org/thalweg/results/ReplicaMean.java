package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.EvaluationSet;

/**
 * The mean of the weights of all replicas on one data set, which is the centre of their simplex: one flat object of
 * {@code results.json}. Of an excluded one there are no numbers.
 *
 * @param dataset the data set's name
 * @param method how the replicas were brought to one another
 * @param replicas those of which it is the mean, by their ids
 * @param loss of the mean: mean cross-entropy on the test set, nats
 * @param accuracy of the mean: share of right answers there
 * @param replicaLosses of each replica by itself, in the order of {@code replicas}
 * @param lossRise the loss of the mean less the mean of the replicas' losses: the difference in Equation (2) of arXiv
 *     2506.22712 at equal weights, hence at most the barrier of all replicas; negative where the mean is better
 * @param excluded why nothing was measured, if nothing was
 */
public record ReplicaMean(
        String dataset,
        String method,
        List<String> replicas,
        @JsonInclude OptionalDouble loss,
        @JsonInclude OptionalDouble accuracy,
        List<Double> replicaLosses,
        @JsonInclude OptionalDouble lossRise,
        Optional<String> excluded) {
    /** How far a stored rise may stand from the one its losses give: rounding of another platform, no more. */
    private static final double TOLERANCE = 1e-9;

    /** Copies the lists, and refuses a rise that is not its losses'. */
    public ReplicaMean {
        replicas = List.copyOf(replicas);
        replicaLosses = List.copyOf(replicaLosses);
        if (excluded.isEmpty()) {
            double rise = rise(loss.orElse(Double.NaN), replicaLosses);
            if (replicaLosses.size() != replicas.size()
                    || !(Math.abs(rise - lossRise.orElse(Double.NaN)) <= TOLERANCE * (1 + Math.abs(rise)))) {
                throw new IllegalArgumentException("the mean of the replicas on " + dataset + " by " + method
                        + " states another loss_rise than its losses have, " + rise);
            }
        }
    }

    /**
     * Which mean.
     *
     * @param dataset the data set's name
     * @param method how the replicas were brought to one another
     * @param replicas those of which it is the mean
     */
    public record Place(String dataset, String method, List<String> replicas) {}

    /**
     * A mean that was measured.
     *
     * @param place which
     * @param mean what it scores
     * @param replicas what each replica scores
     * @return the mean with its rise
     */
    public static ReplicaMean of(Place place, EvaluationSet.Score mean, List<EvaluationSet.Score> replicas) {
        List<Double> losses = replicas.stream().map(EvaluationSet.Score::loss).toList();
        return new ReplicaMean(place.dataset, place.method, place.replicas, OptionalDouble.of(mean.loss()),
                OptionalDouble.of(mean.accuracy()), losses, OptionalDouble.of(rise(mean.loss(), losses)),
                Optional.empty());
    }

    /**
     * A mean that was not measured.
     *
     * @param place which
     * @param reason one sentence
     * @return the mean without numbers
     */
    public static ReplicaMean excluded(Place place, String reason) {
        OptionalDouble none = OptionalDouble.empty();
        return new ReplicaMean(place.dataset, place.method, place.replicas, none, none, List.of(), none,
                Optional.of(reason));
    }

    private static double rise(double mean, List<Double> losses) {
        return mean - losses.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
