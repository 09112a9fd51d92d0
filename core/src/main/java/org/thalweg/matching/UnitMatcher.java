package org.thalweg.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.Permutation;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Matches hidden units by weights (Ainsworth et al. 2023, as Paper A's second step uses it): maximises the inner
 * product of all weights and biases of A with those of B, permuted.
 *
 * <p>One hidden layer: {@code S = A A'ᵀ + u u'ᵀ + BᵀB'}, one exact assignment problem. Several: coordinate
 * descent, layers in order, each an exact problem given its neighbours, until a sweep brings nothing. It is
 * started twice, from the input side (each layer by its incoming weights, given the layer before) and from the
 * output side, and the better end is kept, the first on a tie; a local optimum all the same. Deterministic. Time
 * O(h² d + h³) for each problem; memory 20 h² bytes. Similarities are float64, rounded to float for the solver.
 * Neither network is changed.
 */
final class UnitMatcher {
    private static final int MOST_SWEEPS = 100;

    private final LinearMaps reference;
    private final LinearMaps model;
    private final AssignmentSolver solver = new AssignmentSolver();
    private final int layers;

    private UnitMatcher(LinearMaps reference, LinearMaps model) {
        this.reference = reference;
        this.model = model;
        this.layers = reference.hiddenLayers();
    }

    static UnitMatch match(LinearMaps reference, LinearMaps model) {
        try (Scope scope = Scope.open()) {
            UnitMatcher matcher = new UnitMatcher(reference, model);
            if (matcher.layers == 1) {
                return matcher.exact();
            }
            UnitMatch forward = matcher.descend(matcher.start(true));
            UnitMatch backward = matcher.descend(matcher.start(false));
            return backward.similarity() > forward.similarity() ? backward : forward;
        }
    }

    private UnitMatch exact() {
        List<Optional<Permutation>> open = List.of(Optional.empty());
        Assignment solved = solve(incoming(0, open).add(outgoing(0, open)), new double[0]);
        Permutation order = new Permutation(solved.columnOfRow());
        return new UnitMatch(List.of(order), similarity(List.of(order)), solved.dualityGap(), 1);
    }

    private List<Permutation> start(boolean forward) {
        List<Optional<Permutation>> orders = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            orders.add(Optional.empty());
        }
        for (int step = 0; step < layers; step++) {
            int layer = forward ? step : layers - 1 - step;
            Tensor similarity = forward ? incoming(layer, orders) : outgoing(layer, orders);
            orders.set(layer, Optional.of(new Permutation(solve(similarity, new double[0]).columnOfRow())));
        }
        return orders.stream().map(Optional::orElseThrow).toList();
    }

    private UnitMatch descend(List<Permutation> start) {
        List<Permutation> orders = new ArrayList<>(start);
        List<double[]> duals = new ArrayList<>();
        orders.forEach(_ -> duals.add(new double[0]));
        double best = similarity(orders);
        for (int sweep = 1; ; sweep++) {
            double gap = 0;
            List<Permutation> next = new ArrayList<>(orders);
            for (int layer = 0; layer < layers; layer++) {
                List<Optional<Permutation>> fixed = next.stream().map(Optional::of).toList();
                Assignment solved = solve(incoming(layer, fixed).add(outgoing(layer, fixed)), duals.get(layer));
                next.set(layer, new Permutation(solved.columnOfRow()));
                duals.set(layer, solved.columnDuals());
                gap += solved.dualityGap();
            }
            double similarity = similarity(next);
            // Rounding may make an equal optimum look a little better for ever.
            boolean isBetter = similarity > best + 1e-12 * Math.abs(best);
            if (!isBetter || sweep == MOST_SWEEPS) {
                return new UnitMatch(isBetter ? next : orders, Math.max(best, similarity), gap, sweep);
            }
            orders = next;
            best = similarity;
        }
    }

    private Assignment solve(Tensor similarity, double[] warmColumnDuals) {
        try (Scope scope = Scope.open()) {
            return solver.solve(AssignmentProblem.maximize(similarity.toFloatRows()), warmColumnDuals);
        }
    }

    /** [h h] similarity of units by weights and biases that lead into the layer. */
    private Tensor incoming(int layer, List<Optional<Permutation>> orders) {
        Tensor inputs = model.maps().get(layer); // [h in+1]
        if (layer > 0) {
            inputs = withBiasColumn(orders.get(layer - 1).orElseThrow(), inputs);
        }
        return reference.maps().get(layer).matmul(inputs.transpose(0, 1));
    }

    /** [h h] similarity of units by the weights that lead out of the layer. */
    private Tensor outgoing(int layer, List<Optional<Permutation>> orders) {
        Tensor outputs = model.weight(layer + 1); // [out h]
        if (layer + 1 < layers) {
            outputs = orders.get(layer + 1).orElseThrow().applyTo(outputs, 0);
        }
        return reference.weight(layer + 1).transpose(0, 1).matmul(outputs);
    }

    private static Tensor withBiasColumn(Permutation order, Tensor map) {
        int[] columns = Arrays.copyOf(order.image(), order.size() + 1);
        columns[order.size()] = order.size();
        return map.indexSelect(1, Tensor.indices(columns));
    }

    private double similarity(List<Permutation> orders) {
        double sum = 0;
        for (int map = 0; map <= layers; map++) {
            Tensor moved = model.maps().get(map); // [out in+1]
            if (map > 0) {
                moved = withBiasColumn(orders.get(map - 1), moved);
            }
            if (map < layers) {
                moved = orders.get(map).applyTo(moved, 0);
            }
            sum += reference.maps().get(map).multiply(moved).sum().item();
        }
        return sum;
    }
}
