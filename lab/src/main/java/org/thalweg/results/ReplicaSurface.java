package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Simplex;
import org.thalweg.connectivity.Surface;

/**
 * Loss and accuracy over the simplex of some replicas of a data set, by a method that brings all of them into one
 * basis, or none: one flat object of {@code results.json}. Of an excluded one there are no numbers.
 *
 * @param dataset the data set's name
 * @param method how the replicas were brought to one another
 * @param replicas the corners, by their ids
 * @param points of the grid along an edge
 * @param weights of each point, one for each replica
 * @param loss mean cross-entropy in nats at each point
 * @param accuracy share of right answers at each point
 * @param lossBarrier the barrier of the replicas, Equation (2) of arXiv 2506.22712
 * @param lossBarrierAt the weights at which it is, empty where nothing was measured
 * @param excluded why nothing was measured, if nothing was
 */
public record ReplicaSurface(
        String dataset,
        String method,
        List<String> replicas,
        int points,
        List<double[]> weights,
        double[] loss,
        double[] accuracy,
        @JsonInclude OptionalDouble lossBarrier,
        double[] lossBarrierAt,
        Optional<String> excluded) {
    /** How far a stored barrier may stand from the one its surface gives: rounding of another platform, no more. */
    private static final double TOLERANCE = 1e-9;

    /** Copies lists and arrays, and refuses a barrier that is not its surface's. */
    public ReplicaSurface {
        replicas = List.copyOf(replicas);
        weights = List.copyOf(weights);
        loss = loss.clone();
        accuracy = accuracy.clone();
        lossBarrierAt = lossBarrierAt.clone();
        if (excluded.isEmpty()) {
            double height = surface(new Simplex(replicas.size(), points), weights, loss, accuracy)
                    .lossBarrier().height();
            if (!(Math.abs(height - lossBarrier.orElse(Double.NaN)) <= TOLERANCE * (1 + height))) {
                throw new IllegalArgumentException("the surface of the replicas on " + dataset + " by " + method
                        + " states another loss_barrier than its losses have, " + height);
            }
        }
    }

    /**
     * Which surface.
     *
     * @param dataset the data set's name
     * @param method how the replicas were brought to one another
     * @param replicas the corners
     * @param points of the grid along an edge
     */
    public record Place(String dataset, String method, List<String> replicas, int points) {}

    /**
     * A surface that was measured.
     *
     * @param place which
     * @param surface what was found
     * @return the surface with its barrier
     */
    public static ReplicaSurface of(Place place, Surface surface) {
        Surface.Rise barrier = surface.lossBarrier();
        return new ReplicaSurface(place.dataset, place.method, place.replicas, place.points, surface.weights(),
                surface.scores().stream().mapToDouble(EvaluationSet.Score::loss).toArray(),
                surface.scores().stream().mapToDouble(EvaluationSet.Score::accuracy).toArray(),
                OptionalDouble.of(barrier.height()), barrier.at(), Optional.empty());
    }

    /**
     * A surface that was not measured.
     *
     * @param place which
     * @param reason one sentence
     * @return the surface without numbers
     */
    public static ReplicaSurface excluded(Place place, String reason) {
        double[] none = new double[0];
        return new ReplicaSurface(place.dataset, place.method, place.replicas, place.points, List.of(), none, none,
                OptionalDouble.empty(), none, Optional.of(reason));
    }

    /** Numbers of answers do not enter a barrier and are not kept. */
    private static Surface surface(Simplex simplex, List<double[]> weights, double[] loss, double[] accuracy) {
        List<EvaluationSet.Score> scores = new ArrayList<>();
        for (int point = 0; point < loss.length; point++) {
            scores.add(new EvaluationSet.Score(loss[point], accuracy[point], 1));
        }
        return new Surface(simplex, weights, scores);
    }

    @Override
    @JsonProperty
    public double[] loss() {
        return loss.clone();
    }

    @Override
    @JsonProperty
    public double[] accuracy() {
        return accuracy.clone();
    }

    @Override
    @JsonProperty
    public double[] lossBarrierAt() {
        return lossBarrierAt.clone();
    }

    /**
     * Where the barrier is, for people.
     *
     * @return the weights of the replicas, empty where nothing was measured
     */
    String where() {
        return Arrays.stream(lossBarrierAt).mapToObj(weight -> String.format(Locale.ROOT, "%.3f", weight))
                .collect(Collectors.joining(", "));
    }
}
