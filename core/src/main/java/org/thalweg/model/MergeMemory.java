package org.thalweg.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.merging.MergeMethod;

/**
 * How much memory a merge takes at most: 1 GiB, and for its largest tensor all models' as they are stored and, unless
 * it is merged in blocks, all of them, the result and intermediate ones in float64; where models are aligned first
 * at least what that takes.
 *
 * @param merging bytes for the tensors
 * @param aligning what aligning takes
 */
record MergeMemory(long merging, Optional<MemoryPlan> aligning) {
    private static final long FIXED = 1L << 30;
    private static final double GIB = 1L << 30;
    /** Results and intermediate tensors of a method. */
    private static final int OTHERS = 4;

    static MergeMemory of(
            List<MergeInput> inputs, List<MergedTensor> tensors, MergeMethod method, Optional<MemoryPlan> aligning) {
        long most = tensors.stream()
                .mapToLong(tensor -> bytes(inputs, tensor, method, aligning.isPresent()))
                .max().orElse(0);
        return new MergeMemory(most, aligning);
    }

    private static long bytes(List<MergeInput> inputs, MergedTensor tensor, MergeMethod method, boolean isMoved) {
        long stored = tensor.parts()
                .mapToLong(part -> inputs.get(part.input()).layout(part.tensor()).bytes()).sum();
        long parts = tensor.parts().count();
        long wide = 8 * tensor.layout().elements();
        return stored + 2 * tensor.layout().bytes()
                + (method.isElementwise() ? 0 : (parts + OTHERS) * wide)
                + (isMoved ? 2 * wide : 0);
    }

    long bytes() {
        return Math.max(FIXED + merging, aligning.map(MemoryPlan::bytes).orElse(0L));
    }

    /** Whether the models are what makes it large. */
    boolean isLarge() {
        return merging > FIXED / 4 || aligning.filter(MemoryPlan::isLarge).isPresent();
    }

    /** Refuses work that would not fit. */
    void require(long limit) {
        if (bytes() > limit) {
            throw new WorkFailure("merging these models may take " + describe() + " of memory, and "
                    + String.format(Locale.ROOT, "%.2f GiB", limit / GIB)
                    + " is allowed; raise the limit or use a machine with more memory.");
        }
    }

    /** For people. */
    String describe() {
        return String.format(Locale.ROOT, "%.2f GiB", bytes() / GIB);
    }
}
