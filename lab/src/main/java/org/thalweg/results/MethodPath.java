package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Barrier;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;

/**
 * The path between two Transformers by one method: one flat object of {@code results.json}. Of an excluded one there
 * are no curves.
 *
 * @param dataset the data set's name
 * @param method how B was brought to A
 * @param replicaA the replica at t = 0, by its id
 * @param replicaB the replica at t = 1, by its id
 * @param t the grid
 * @param loss mean cross-entropy in nats at each point
 * @param accuracy share of right answers at each point
 * @param lossBarrier largest rise of the loss above its chord
 * @param lossAuc signed area between loss and chord
 * @param accuracyBarrier largest fall of the accuracy below its chord
 * @param maxAbsLogitDifference the check that the alignment changed no output of what it moved; absent where nothing
 *     was moved
 * @param excluded why nothing was measured, if nothing was
 * @param form what goes straight, absent for the stored weights
 */
public record MethodPath(
        String dataset,
        String method,
        String replicaA,
        String replicaB,
        double[] t,
        double[] loss,
        double[] accuracy,
        @JsonInclude OptionalDouble lossBarrier,
        @JsonInclude OptionalDouble lossAuc,
        @JsonInclude OptionalDouble accuracyBarrier,
        OptionalDouble maxAbsLogitDifference,
        Optional<String> excluded,
        Optional<PathForm> form) {
    /** How far a stored barrier may stand from the one its curve gives: rounding of another platform, no more. */
    private static final double TOLERANCE = 1e-9;

    /** Copies the arrays, and refuses a barrier that is not its curve's. */
    public MethodPath {
        form = form.filter(straight -> straight != PathForm.WEIGHTS);
        t = t.clone();
        loss = loss.clone();
        accuracy = accuracy.clone();
        if (excluded.isEmpty()) {
            double height = curves(t, loss, accuracy).lossBarrier().height();
            if (!(Math.abs(height - lossBarrier.orElse(Double.NaN)) <= TOLERANCE * (1 + height))) {
                throw new IllegalArgumentException("the path " + replicaA + ", " + replicaB + " by " + method
                        + " states another loss_barrier than its curve has, " + height);
            }
        }
    }

    /**
     * Which path.
     *
     * @param dataset the data set's name
     * @param method how B was brought to A
     * @param form what goes straight
     * @param replicaA at t = 0
     * @param replicaB at t = 1
     */
    public record Place(String dataset, String method, PathForm form, String replicaA, String replicaB) {}

    /**
     * What goes straight.
     *
     * @return the form
     */
    PathForm straight() {
        return form.orElse(PathForm.WEIGHTS);
    }

    /**
     * A path with its barriers.
     *
     * @param place which
     * @param outcome what was measured, or why nothing was
     * @return the path
     */
    public static MethodPath of(Place place, PairOutcome outcome) {
        OptionalDouble none = OptionalDouble.empty();
        return switch (outcome) {
            case PairOutcome.Excluded(String reason) -> new MethodPath(place.dataset, place.method, place.replicaA,
                    place.replicaB, new double[0], new double[0], new double[0], none, none, none, none,
                    Optional.of(reason), Optional.of(place.form));
            case PairOutcome.Measured measured -> {
                Barrier loss = measured.lossBarrier();
                Optional<Barrier> accuracy = measured.accuracyBarrier();
                yield new MethodPath(place.dataset, place.method, place.replicaA, place.replicaB,
                        measured.curves().grid().t(), measured.curves().loss().values(),
                        measured.curves().accuracy().map(Curve::values).orElse(new double[0]),
                        OptionalDouble.of(loss.height()), OptionalDouble.of(loss.area().signed()),
                        accuracy.isPresent() ? OptionalDouble.of(accuracy.get().height()) : none,
                        measured.maxAbsLogitDifference(), Optional.empty(), Optional.of(place.form));
            }
        };
    }

    @Override
    @JsonProperty
    public double[] t() {
        return t.clone();
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

    private static LossAndAccuracy curves(double[] t, double[] loss, double[] accuracy) {
        Grid grid = new Grid(t);
        return new LossAndAccuracy(new Curve(grid, loss),
                accuracy.length == 0 ? Optional.empty() : Optional.of(new Curve(grid, accuracy)));
    }
}
