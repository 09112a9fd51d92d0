package org.thalweg.identifiability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;

/**
 * Which assumptions of the functional equivalence theorems a layer breaks. Dense gates: Theorem B.5. Sparse gates
 * with k &gt;= 2: Theorem C.4, or B.5 when all experts are selected, since the layer is then dense. One selected
 * expert is excluded by the paper (Remark C.9); for DeepSeek gates no theorem is published; and both are proved
 * for ReLU experts.
 *
 * <p>Distinctness of functions is judged on probes: experts that differ by at most the tolerance on all probes are
 * taken to coincide, experts that do so on some probe to coincide on a region around it.
 */
final class Assumptions {
    /** A gate of many equal rows has millions of equal differences; this many are named. */
    private static final int MOST_NAMED = 32;

    private final String which;
    private final ExpertOutputs outputs;
    private final GateRows gate;
    private final double tolerance;
    private final List<FailedAssumption> failed = new ArrayList<>();

    private Assumptions(String which, ExpertOutputs outputs, GateRows gate, double tolerance) {
        this.which = which;
        this.outputs = outputs;
        this.gate = gate;
        this.tolerance = tolerance;
    }

    /** Why a kind of layer is covered by no theorem; empty when one covers it. */
    static List<FailedAssumption> ofKind(MoeConfig config) {
        List<FailedAssumption> reasons = new ArrayList<>();
        switch (config.gating()) {
            case Gating.Dense() -> { }
            case Gating.Sparse(int selected) -> {
                if (selected == 1) {
                    reasons.add(new FailedAssumption.NotCovered(
                            "Theorem C.4 excludes k = 1, where only the best expert is used (Remark C.9)"));
                }
            }
            case Gating.DeepSeek(int _, int _) -> reasons.add(new FailedAssumption.NotCovered(
                    "Theorems B.5 and C.4 are about the softmax over the selected scores and have no shared experts; "
                            + "DeepSeek gates are neither"));
            case Gating.Published published -> reasons.add(new FailedAssumption.NotCovered(
                    "Theorems B.5 and C.4 are about dense and sparse gates, not that of " + published.model().label()));
        }
        if (config.activation() != UnitFunction.RELU) {
            reasons.add(new FailedAssumption.NotCovered(
                    "Theorems B.5 and C.4 are proved for ReLU experts, not for " + config.activation()));
        }
        return reasons;
    }

    /** The assumptions on numbers that a layer breaks, as far as the nearest theorem has any. */
    static List<FailedAssumption> of(String which, MoeFunction layer, ExpertOutputs outputs, double tolerance) {
        Assumptions check = new Assumptions(which, outputs, GateRows.of(layer.parameters()), tolerance);
        int experts = layer.config().experts();
        boolean all = layer.config().gating().selectedOf(experts) == experts;
        if (all) {
            check.distinctExperts();
            check.distinctDifferences();
        } else {
            check.stronglyDistinctExperts();
            check.independentDifferences();
        }
        return check.failed;
    }

    private void distinctExperts() {
        forPairs((i, j, agreement) -> {
            if (agreement == 1) {
                failed.add(new FailedAssumption.CoincidingExperts(which, i, j));
            }
        });
    }

    private void stronglyDistinctExperts() {
        forPairs((i, j, agreement) -> {
            if (agreement == 1) {
                failed.add(new FailedAssumption.CoincidingExperts(which, i, j));
            } else if (agreement > 0) {
                failed.add(new FailedAssumption.PartlyCoincidingExperts(which, i, j, agreement));
            }
        });
    }

    /** Takes two experts and the share of probes on which they agree. */
    @FunctionalInterface
    private interface PairVisitor {
        void visit(int expert, int other, double agreement);
    }

    private void forPairs(PairVisitor visitor) {
        double size = outputs.size();
        for (int i = 0; i < gate.experts(); i++) {
            for (int j = i + 1; j < gate.experts(); j++) {
                double[] distances = ExpertOutputs.distances(outputs.routed().get(i), outputs.routed().get(j));
                int equal = 0;
                for (double distance : distances) {
                    if (distance <= tolerance * size) {
                        equal++;
                    }
                }
                visitor.visit(i, j, (double) equal / distances.length);
            }
        }
    }

    /** A difference of gate rows and its inner product with a fixed direction: equal ones become neighbours. */
    private record Difference(int first, int second, double[] vector, double key) {}

    private void distinctDifferences() {
        List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < gate.experts(); i++) {
            for (int j = i + 1; j < gate.experts(); j++) {
                double[] vector = minus(gate.weights()[i], gate.weights()[j]);
                double key = 0;
                for (int coordinate = 0; coordinate < vector.length; coordinate++) {
                    key += vector[coordinate] * Math.cos(coordinate);
                }
                differences.add(new Difference(i, j, vector, key));
            }
        }
        differences.sort(Comparator.comparingDouble(Difference::key));
        double limit = tolerance * gate.spread();
        for (int one = 0; one < differences.size(); one++) {
            Difference left = differences.get(one);
            for (int other = one + 1; other < differences.size() && failed.size() < MOST_NAMED; other++) {
                Difference right = differences.get(other);
                if (right.key - left.key > limit * Math.sqrt(left.vector.length)) {
                    break;
                }
                if (norm(minus(left.vector, right.vector)) <= limit) {
                    boolean inOrder = left.first < right.first
                            || left.first == right.first && left.second < right.second;
                    Difference a = inOrder ? left : right;
                    Difference b = inOrder ? right : left;
                    failed.add(new FailedAssumption.CoincidingGateDifferences(
                            which, a.first, a.second, b.first, b.second));
                }
            }
        }
    }

    /** Orthogonalises the differences one after another; the first that leaves nothing depends on those before it. */
    private void independentDifferences() {
        List<double[]> basis = new ArrayList<>();
        for (int expert = 1; expert < gate.experts(); expert++) {
            double[] rest = minus(gate.weights()[expert - 1], gate.weights()[expert]);
            double length = norm(rest);
            for (int pass = 0; pass < 2; pass++) {
                for (double[] direction : basis) {
                    double along = 0;
                    for (int coordinate = 0; coordinate < rest.length; coordinate++) {
                        along += rest[coordinate] * direction[coordinate];
                    }
                    for (int coordinate = 0; coordinate < rest.length; coordinate++) {
                        rest[coordinate] -= along * direction[coordinate];
                    }
                }
            }
            double left = norm(rest);
            if (left <= tolerance * Math.max(length, gate.spread())) {
                failed.add(new FailedAssumption.DependentGateDifferences(which, expert));
                return;
            }
            for (int coordinate = 0; coordinate < rest.length; coordinate++) {
                rest[coordinate] /= left;
            }
            basis.add(rest);
        }
    }

    private static double[] minus(double[] one, double[] other) {
        double[] result = new double[one.length];
        for (int coordinate = 0; coordinate < result.length; coordinate++) {
            result[coordinate] = one[coordinate] - other[coordinate];
        }
        return result;
    }

    private static double norm(double[] vector) {
        double squares = 0;
        for (double number : vector) {
            squares += number * number;
        }
        return Math.sqrt(squares);
    }
}
