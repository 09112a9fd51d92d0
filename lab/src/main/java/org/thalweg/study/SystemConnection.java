package org.thalweg.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.equivalence.EquivalenceCheck;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Permutation;
import org.thalweg.results.MethodPath;
import org.thalweg.results.OrderBarrier;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PathForm;
import org.thalweg.results.SystemPair;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;
import org.thalweg.zoo.Connection;

/**
 * Two replicas of a Mixture-of-Experts system on their way into one basin.
 *
 * @param connection how they are matched, and what is measured
 * @param a the model at t = 0, in canonical form
 * @param b the model at t = 1, in canonical form
 * @param grid where losses are measured
 */
record SystemConnection(Connection connection, Parameters a, Parameters b, Grid grid) {
    private static final int MOST_RANKED = 4;
    private static final int PROBES = 64;

    /** Brings both models into canonical form. */
    SystemConnection(Connection connection, Parameters a, Parameters b, int points) {
        this(connection, connection.canonical().apply(a), connection.canonical().apply(b), Grid.uniform(points));
    }

    /** A model that was moved, and how far the check found its outputs from those before. */
    private record Moved(Alignment alignment, Parameters model, double difference) {}

    /**
     * Matches, checks and measures.
     *
     * @param variant of both
     * @param replicaA name of the model at t = 0
     * @param replicaB name of the model at t = 1
     * @return all that was found
     */
    SystemPair measure(String variant, String replicaA, String replicaB) {
        try (Scope scope = Scope.open()) {
            LossAndAccuracy naive = curve(b);
            Moved matched = matched(connection.architecture(), b);
            LossAndAccuracy curve = curve(matched.model);
            SystemPair pair = new SystemPair(replicaA, replicaB,
                    path(place(variant, "vanilla", replicaA, replicaB), naive, OptionalDouble.empty()),
                    path(place(variant, connection.method().label(), replicaA, replicaB), curve,
                            OptionalDouble.of(matched.difference)),
                    Optional.empty(), ranked().map(this::orders).orElse(List.of()));
            return ranked().map(space -> pair.ranked(image(matched.alignment.permutation(space)))).orElse(pair);
        }
    }

    private Optional<String> ranked() {
        return connection.experts()
                .filter(space -> connection.architecture().space(space).group().size() <= MOST_RANKED);
    }

    /** The barriers of all orders of the experts, with everything else matched. */
    private List<OrderBarrier> orders(String space) {
        Architecture fixed = connection.architecture().withFixed(space);
        List<OrderBarrier> orders = new ArrayList<>();
        for (Permutation order : Permutation.all(fixed.space(space).group().size())) {
            try (Scope one = Scope.open()) {
                Parameters ordered = connection.architecture().identity().with(space, order).apply(b);
                double height = curve(matched(fixed, ordered).model).lossBarrier().height();
                orders.add(new OrderBarrier(image(order), height, OptionalDouble.empty(), List.of()));
            }
        }
        return orders;
    }

    private static List<Integer> image(Permutation order) {
        return Arrays.stream(order.image()).boxed().toList();
    }

    private Moved matched(Architecture architecture, Parameters model) {
        Alignment alignment = connection.method().on(connection.network())
                .match(architecture, a::get, model::get, WorkObserver.SILENT).alignment();
        Parameters wide = model.to(DType.FLOAT64);
        Parameters moved = alignment.apply(wide);
        double difference = 0;
        for (var batch : connection.network().inputs().random(PROBES, 1).batches()) {
            try (Scope scope = Scope.open()) {
                Tensor inputs = batch.get();
                difference = Math.max(difference, EquivalenceCheck.compare(
                        some -> connection.network().forward(some, inputs), wide, moved, ReplicaPair.TOLERANCE)
                        .requireVerified().maxAbsDifference());
            }
        }
        return new Moved(alignment, moved.to(DType.FLOAT32), difference);
    }

    private LossAndAccuracy curve(Parameters end) {
        double[] losses = Arrays.stream(grid.t()).map(t -> {
            try (Scope point = Scope.open()) {
                double loss = connection.loss().applyAsDouble(t == 0 ? a : t == 1 ? end : a.lerp(end, t));
                if (!Double.isFinite(loss)) {
                    throw new WorkFailure("the loss is " + loss + " at t = " + t + " of the path; lower the learning "
                            + "rate.");
                }
                return loss;
            }
        }).toArray();
        return new LossAndAccuracy(new Curve(grid, losses), Optional.empty());
    }

    private static MethodPath.Place place(String variant, String method, String replicaA, String replicaB) {
        return new MethodPath.Place(variant, method, PathForm.WEIGHTS, replicaA, replicaB);
    }

    private static MethodPath path(MethodPath.Place place, LossAndAccuracy curve, OptionalDouble difference) {
        return MethodPath.of(place, new PairOutcome.Measured(
                curve, Optional.empty(), Optional.empty(), Optional.empty(), difference));
    }
}
