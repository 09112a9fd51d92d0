package org.thalweg.identifiability;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What the experts of a layer answer on the probes, and which of them the gate uses.
 *
 * @param routed for each routed expert [probes residual]
 * @param shared of the shared experts [probes residual], if there are any
 * @param used [experts][probes] whether the gate selects the expert
 */
record ExpertOutputs(List<Tensor> routed, Optional<Tensor> shared, boolean[][] used) {
    static ExpertOutputs of(MoeFunction layer, Tensor probes) {
        MoeConfig config = layer.config();
        int maps = config.hidden().size() + 1;
        MoeLayer moe = layer.layer();
        LayerTensors tensors = layer.tensors();
        List<Tensor> routed = new ArrayList<>();
        for (int expert = 0; expert < moe.count(); expert++) {
            routed.add(moe.experts().routed(tensors, expert, probes));
        }
        Optional<Tensor> shared = moe.shared().map(
                some -> moe.experts().shared(tensors, some.bias(), probes));
        return new ExpertOutputs(routed, shared, used(moe, tensors, probes));
    }

    private static boolean[][] used(MoeLayer moe, LayerTensors tensors, Tensor probes) {
        int selected = moe.router().selected();
        int count = (int) probes.length(0);
        long[] best = moe.scores(tensors, probes)
                .argsortDescending(1).narrow(1, 0, selected).toLongs(); // [probes selected]
        boolean[][] used = new boolean[moe.count()][count];
        for (int slot = 0; slot < best.length; slot++) {
            used[(int) best[slot]][slot / selected] = true;
        }
        return used;
    }

    /** Largest length of an answer, of any routed expert to any probe. */
    double size() {
        double largest = Double.MIN_NORMAL;
        for (Tensor expert : routed) {
            for (double length : lengths(expert)) {
                largest = Math.max(largest, length);
            }
        }
        return largest;
    }

    /** [probes] the Euclidean length of each row. */
    static double[] lengths(Tensor rows) {
        try (Scope scope = Scope.open()) {
            double[] lengths = rows.multiply(rows).sum(1, false).toDoubles();
            for (int row = 0; row < lengths.length; row++) {
                lengths[row] = Math.sqrt(lengths[row]);
            }
            return lengths;
        }
    }

    /** [probes] the distance of two networks' answers. */
    static double[] distances(Tensor one, Tensor other) {
        try (Scope scope = Scope.open()) {
            return lengths(one.subtract(other));
        }
    }

    /** For how many probes the gate uses an expert. */
    int reached(int expert) {
        int count = 0;
        for (boolean reached : used[expert]) {
            count += reached ? 1 : 0;
        }
        return count;
    }

    /**
     * Largest distance of expert i here and expert j there, over the probes for which both gates use them; empty
     * when there is no such probe, so that nothing was compared.
     */
    OptionalDouble distance(int expert, ExpertOutputs other, int otherExpert) {
        double[] distances = distances(routed.get(expert), other.routed.get(otherExpert));
        OptionalDouble largest = OptionalDouble.empty();
        for (int probe = 0; probe < distances.length; probe++) {
            if (used[expert][probe] && other.used[otherExpert][probe]) {
                largest = OptionalDouble.of(Math.max(largest.orElse(0), distances[probe]));
            }
        }
        return largest;
    }
}
