package org.thalweg.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.thalweg.equivalence.Proof;
import org.thalweg.network.Probes;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Two models run side by side, block by block: a block of one model is loaded, run on all inputs and freed before the
 * next is. The heads alone are in memory together, so that outputs, the largest activations by far, are compared batch
 * by batch. The numbers are those of whole evaluations. For one comparison by one thread.
 */
final class BlockwiseComparison {
    private final ComparedModel first;
    private final ComparedModel second;
    private final double tolerance;
    private boolean agreed = true;
    private Optional<String> firstDifference = Optional.empty();

    BlockwiseComparison(ComparedModel first, ComparedModel second, double tolerance) {
        this.first = first;
        this.second = second;
        this.tolerance = tolerance;
    }

    /** Runs both. */
    Comparison of(Probes probes) {
        try (Scope scope = Scope.open()) {
            List<Tensor> left = probes.batches().stream().map(Supplier::get).toList();
            List<Tensor> right = probes.batches().stream().map(Supplier::get).toList();
            for (int stage = 0; stage < Math.max(first.last(), second.last()); stage++) {
                left = stage < first.last() ? advanced(first, stage, left) : left;
                right = stage < second.last() ? advanced(second, stage, right) : right;
                if (first.last() == second.last()) {
                    noteDifference(stage, left, right);
                }
            }
            Proof proof = outputs(left, right);
            if (agreed && first.last() == second.last()) {
                firstDifference = Optional.of(first.network().stageName(first.last()));
            }
            return new Comparison(proof, probes.inputs(), proof.verified() ? Optional.empty() : firstDifference);
        }
    }

    private static List<Tensor> advanced(ComparedModel model, int stage, List<Tensor> states) {
        List<Tensor> next = model.advance(stage, states);
        states.forEach(Tensor::close);
        return next;
    }

    private void noteDifference(int stage, List<Tensor> left, List<Tensor> right) {
        if (!agreed) {
            return;
        }
        Difference difference = new Difference();
        for (int batch = 0; batch < left.size(); batch++) {
            difference.add(left.get(batch), right.get(batch));
        }
        agreed = difference.proof(tolerance).verified();
        if (!agreed && stage > 0) {
            firstDifference = Optional.of(first.network().stageName(stage));
        }
    }

    private Proof outputs(List<Tensor> left, List<Tensor> right) {
        try (Scope scope = Scope.open()) {
            Parameters one = first.load(first.last());
            Parameters other = second.load(second.last());
            Difference difference = new Difference();
            for (int batch = 0; batch < left.size() && difference.finite; batch++) {
                try (Scope each = Scope.open()) {
                    difference.add(
                            first.network().run(one, left.get(batch), first.last(), first.last() + 1),
                            second.network().run(other, right.get(batch), second.last(), second.last() + 1));
                }
            }
            return difference.proof(tolerance);
        }
    }

    /** The largest difference between numbers of both models so far. */
    private static final class Difference {
        private double difference;
        private double largest;
        private long outputs;
        private boolean finite = true;

        private void add(Tensor expected, Tensor found) {
            try (Scope scope = Scope.open()) {
                outputs += expected.size();
                if (!expected.isFinite() || !found.isFinite() || !Arrays.equals(expected.shape(), found.shape())) {
                    finite = false;
                    return;
                }
                largest = Math.max(largest, expected.abs().max());
                difference = Math.max(difference, expected.subtract(found).abs().max());
            }
        }

        private Proof proof(double tolerance) {
            if (!finite) {
                return new Proof(Double.NaN, Double.NaN, outputs, tolerance, false);
            }
            double relative = difference == 0 ? 0 : difference / largest;
            return new Proof(difference, relative, outputs, tolerance, relative <= tolerance);
        }
    }
}
