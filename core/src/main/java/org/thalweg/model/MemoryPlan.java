package org.thalweg.model;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.GroupKind;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.symmetry.Space;

/**
 * How much memory an alignment takes at most, mapped files included: 2 GiB, two float32 matrices of the largest space
 * (the similarities that are summed and the assignment problem that is solved meanwhile), and six times the largest
 * tensor as it is stored, or in float64 where normalisations are folded on the way. It does not depend on how many
 * layers or experts there are.
 *
 * @param positions of the largest space in which something is matched
 * @param largestTensor bytes of the largest tensor as it is stored, or in float64
 * @param running bytes for whole models in memory, where a method runs them
 */
public record MemoryPlan(long positions, long largestTensor, long running) {
    private static final long FIXED = 2L << 30;
    private static final double GIB = 1L << 30;

    /**
     * The plan for models that are aligned to each other.
     *
     * @param models of one architecture
     * @return the plan
     */
    public static MemoryPlan of(ModelDirectory... models) {
        return new MemoryPlan(
                Arrays.stream(models)
                        .flatMap(model -> model.architecture().spaces().values().stream())
                        .filter(space -> !space.group().kind().isVector() && space.group().kind() != GroupKind.NONE)
                        .mapToLong(MemoryPlan::size).max().orElse(0),
                Arrays.stream(models)
                        .flatMap(model -> model.checkpoint().tensors().values().stream())
                        .mapToLong(TensorLayout::bytes).max().orElse(0),
                0);
    }

    /** The same with a method that runs two models of this size. */
    MemoryPlan with(MatchingMethod method, ModelDirectory model) {
        return with(method, model, 2);
    }

    /** The same with a method that runs so many models of this size. */
    MemoryPlan with(MatchingMethod method, ModelDirectory model, int models) {
        return new MemoryPlan(positions, largestTensor, method.bytesOfRunning(
                model.tensors().values().stream().mapToLong(TensorLayout::elements).sum(), models));
    }

    /**
     * The plan for models whose tensors are folded in float64 when they are read.
     *
     * @param models of one architecture
     * @return the plan
     */
    static MemoryPlan folding(ModelDirectory... models) {
        return new MemoryPlan(of(models).positions(), Arrays.stream(models)
                .flatMap(model -> model.checkpoint().tensors().values().stream())
                .mapToLong(layout -> Double.BYTES * Arrays.stream(layout.shape()).reduce(1, Math::multiplyExact))
                .max().orElse(0), 0);
    }

    private static long size(Space space) {
        return space.group().size();
    }

    /**
     * All of it.
     *
     * @return bytes
     */
    public long bytes() {
        return FIXED + 8 * positions * positions + 6 * largestTensor + running;
    }

    /**
     * Whether the models are what makes it large.
     *
     * @return false when next to all of it is what any alignment may take
     */
    public boolean isLarge() {
        return bytes() > FIXED + FIXED / 4;
    }

    /**
     * The memory of this machine, as far as it is known.
     *
     * @return bytes
     */
    public static long ofMachine() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() : Long.MAX_VALUE;
    }

    /**
     * Refuses work that would not fit.
     *
     * @param limit bytes that may be taken
     * @throws WorkFailure when this is more than the limit, or the Java heap cannot hold the assignment problem
     */
    public void require(long limit) {
        if (bytes() > limit) {
            throw new WorkFailure(String.format(Locale.ROOT, "aligning these models may take %s, and %s is allowed;"
                    + " raise the limit or use a machine with more memory.", describe(), gib(limit)));
        }
        long heap = Runtime.getRuntime().maxMemory();
        long problem = 4 * positions * positions + (256L << 20);
        if (problem > heap) {
            throw new WorkFailure(String.format(Locale.ROOT, "the assignment problem of %,d positions takes %s of"
                    + " Java's heap, which may grow to %s; set THALWEG_JAVA_OPTIONS=-Xmx%dg.",
                    positions, gib(problem), gib(heap), (long) Math.ceil(problem / GIB)));
        }
    }

    /**
     * The plan in words.
     *
     * @return for example {@code 5.0 GiB (2 GiB, two matrices of 14,336 x 14,336 and six times a tensor of 0.24 GiB)}
     */
    public String describe() {
        return String.format(Locale.ROOT, "%s (2 GiB, two matrices of %,d x %,d and six times a tensor of %s%s)",
                gib(bytes()), positions, positions, gib(largestTensor),
                running > 0 ? ", and " + gib(running) + " to run the models" : "");
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }
}
