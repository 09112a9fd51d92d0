package org.thalweg.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.equivalence.BlockwiseComparison;
import org.thalweg.equivalence.Comparison;
import org.thalweg.equivalence.Verification;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.ReusedMemory;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * How a moved model is checked to be the same function before it is written.
 *
 * @param tolerance largest relative difference allowed for the weights as stored; without it 1e-9 when storing rounds
 *     nothing, as when only orders and signs change, else {@link FunctionComparison#usualTolerance}
 * @param probes how many random inputs
 * @param seed of the inputs
 * @param unchecked whether a model whose network is not built in is written without a check
 */
public record Checking(OptionalDouble tolerance, int probes, long seed, boolean unchecked) {
    /** Largest relative difference allowed before weights are rounded to their type. */
    public static final double EXACT_TOLERANCE = 1e-9;

    private static final int PROBES = 64;
    private static final int FEW_PROBES = 16;
    private static final long MANY_NUMBERS = 100_000_000;

    /** Refuses numbers that make no sense. */
    public Checking {
        FunctionComparison.requireSense(tolerance.orElse(EXACT_TOLERANCE), probes);
    }

    /**
     * 64 random inputs and the usual tolerance.
     *
     * @return settings that refuse what cannot be checked
     */
    public static Checking defaults() {
        return new Checking(OptionalDouble.empty(), PROBES, 0, false);
    }

    /**
     * How many random inputs are enough for a model: 64, and 16 for one of more than 100 million numbers without
     * experts, where every input runs through all weights and 16 texts make millions of outputs.
     *
     * @param model what is moved
     * @return the number
     */
    public static int usualProbes(ModelDirectory model) {
        boolean isDense =
                NetworkOrReason.of(model).network().filter(network -> network.routers().isEmpty()).isPresent();
        return usualProbes(isDense, model.tensors().values().stream().mapToLong(TensorLayout::elements).sum());
    }

    static int usualProbes(boolean isDense, long numbers) {
        return isDense && numbers > MANY_NUMBERS ? FEW_PROBES : PROBES;
    }

    /**
     * What was found.
     *
     * @param written the weights as they are stored against the source
     * @param exact the weights before they are rounded to their type; the same when nothing is rounded
     */
    public record Checked(Comparison written, Verification exact) {
        /**
         * Whether the function is the same: the outputs agree before rounding, and after it, if not with experts chosen
         * freely, then with the source's choice.
         *
         * @return whether it is
         */
        public boolean verified() {
            return exact.verified() && (written.verification().verified()
                    || written.fixedRouting().filter(fixed -> fixed.verification().verified()).isPresent());
        }
    }

    /**
     * Refuses a model that cannot be checked, unless that is allowed; for asking before long work begins.
     *
     * @param model what is to be moved
     * @throws WorkFailure when its network is not built in
     */
    void requirePossible(ModelDirectory model) {
        NetworkOrReason known = NetworkOrReason.of(model);
        if (known.network().isEmpty() && !unchecked) {
            throw new WorkFailure("the moved model cannot be checked to be the same function: "
                    + known.reason().replaceAll("\\.$", "") + "; allow 'unchecked' to write it without a check.");
        }
        if (known.network().isPresent()) {
            FunctionComparison.requireMemory(model, probes);
        }
    }

    /**
     * Writes the moved model when {@link #check} has found it to be the same function.
     *
     * @param moved the model
     * @param output where and whether an existing directory is replaced
     * @param provenance written beside the weights
     * @param observer told how many moved tensors have been read
     * @return what was found; nothing when the network is not built in and that is allowed
     * @throws WorkFailure when it is not the same function, or the disk refuses
     */
    Optional<Checked> checkAndWrite(
            MovedModel moved, Output output, Map<String, String> provenance, WorkObserver observer) {
        return ReusedMemory.during(() -> {
            Optional<Checked> checked = check(moved, observer);
            moved.write(output, provenance, observer);
            return checked;
        });
    }

    /**
     * Compares the moved model with its source, and rows that no input may reach directly.
     *
     * @param moved the model
     * @param observer told how many moved tensors have been read
     * @return what was found; nothing when the network is not built in and that is allowed
     * @throws WorkFailure when it is not the same function
     */
    Optional<Checked> check(MovedModel moved, WorkObserver observer) {
        ModelDirectory source = moved.source();
        requirePossible(source);
        if (NetworkOrReason.of(source).network().isEmpty()) {
            return Optional.empty();
        }
        double usual = tolerance.orElseGet(() -> FunctionComparison.usualTolerance(source));
        Comparison rounded = compare(moved, moved.counting("checking", moved::stored, observer), usual);
        if (moved.rounding() == 0) {
            Comparison lossless = within(rounded, tolerance.orElse(EXACT_TOLERANCE));
            lossless.verification().requireVerified();
            SampledRows.require(moved, moved::stored, EXACT_TOLERANCE);
            return Optional.of(new Checked(lossless, lossless.verification()));
        }
        Verification exact = compare(
                moved, moved.counting("checking before rounding", moved::exact, observer), EXACT_TOLERANCE)
                .verification().requireVerified();
        Checked checked = new Checked(rounded, exact);
        if (!checked.verified()) {
            throw new WorkFailure("rounding the moved weights to their stored type changes the outputs by up to "
                    + rounded.verification().maxRelDifference() + " of the largest" + routed(rounded) + " where "
                    + usual + " is allowed; nothing was written; " + moved.remedy() + ".");
        }
        SampledRows.require(moved, moved::exact, EXACT_TOLERANCE);
        SampledRows.require(moved, moved::stored, usual);
        return Optional.of(checked);
    }

    private static String routed(Comparison rounded) {
        return rounded.fixedRouting()
                .map(fixed -> " (" + fixed.verification().maxRelDifference() + " with every token at its old experts)")
                .orElse("");
    }

    /** The same numbers under another tolerance; where nothing is rounded, no choice of experts is either. */
    private static Comparison within(Comparison found, double allowed) {
        Verification numbers = found.verification();
        return new Comparison(
                new Verification(numbers.maxAbsDifference(), numbers.largestOutput(), numbers.outputs(), allowed),
                found.inputs(), found.firstDifference(), found.fixedRouting());
    }

    private Comparison compare(MovedModel moved, TensorReader tensors, double allowed) {
        ModelDirectory source = moved.source();
        return new BlockwiseComparison(moved.original(), moved.running(tensors), allowed)
                .of(source.inputs().random(probes, seed), RouterPlaces.of(source, moved.alignment()));
    }
}
