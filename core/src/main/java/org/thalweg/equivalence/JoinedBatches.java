package org.thalweg.equivalence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.thalweg.network.Probes;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Inputs in batches as large as blocks of a network take well: every block's tensors are read once for each batch, and
 * products of many rows are faster. Outputs are the largest activations by far, so the last block runs on fewer inputs
 * at a time.
 *
 * @param inputs [batch …] each, in the current scope
 * @param outputs for each of them how many inputs are run together by the last block, one after the other
 */
record JoinedBatches(List<Tensor> inputs, List<List<Long>> outputs) {
    /** Numbers of a batch's inputs, such as tokens: beyond some thousand rows products become no faster. */
    private static final long LARGEST = 1 << 11;
    /** Batches of the probes, whose outputs are bounded, that the last block runs on together. */
    private static final int TOGETHER = 8;

    /** Joins consecutive batches of equal shape. */
    static JoinedBatches of(Probes probes) {
        List<Tensor> joined = new ArrayList<>();
        List<List<Long>> outputs = new ArrayList<>();
        List<Tensor> open = new ArrayList<>();
        for (Supplier<Tensor> batch : probes.batches()) {
            Tensor next = batch.get();
            if (!open.isEmpty() && !fits(open, next)) {
                close(open, joined, outputs);
            }
            open.add(next);
        }
        close(open, joined, outputs);
        return new JoinedBatches(joined, outputs);
    }

    private static boolean fits(List<Tensor> open, Tensor next) {
        long[] one = open.getFirst().shape();
        long[] other = next.shape();
        one[0] = other[0];
        return Arrays.equals(one, other) && open.stream().mapToLong(Tensor::size).sum() + next.size() <= LARGEST;
    }

    private static void close(List<Tensor> open, List<Tensor> joined, List<List<Long>> outputs) {
        List<Long> sizes = new ArrayList<>();
        for (int first = 0; first < open.size(); first += TOGETHER) {
            sizes.add(open.subList(first, Math.min(open.size(), first + TOGETHER)).stream()
                    .mapToLong(tensor -> tensor.length(0)).sum());
        }
        try (Scope scope = Scope.open()) {
            joined.add(scope.keep(Tensor.concatenate(open, 0)));
        }
        outputs.add(sizes);
        open.clear();
    }
}
