package org.thalweg.model;

import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.equivalence.Proof;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.TensorReader;

/**
 * How a carried model is proved to be the same function before it is written.
 *
 * @param tolerance largest relative difference allowed for the weights as stored; without it 1e-9 when only orders and
 *     signs change, which round nothing, else {@link FunctionComparison#usualTolerance}
 * @param probes how many random inputs
 * @param seed of the inputs
 * @param unproved whether a model whose network is not built in is written without a proof
 */
public record Proving(OptionalDouble tolerance, int probes, long seed, boolean unproved) {
    /** Largest relative difference allowed before weights are rounded to their type. */
    public static final double EXACT_TOLERANCE = 1e-9;

    /** Refuses numbers that make no sense. */
    public Proving {
        FunctionComparison.requireSense(tolerance.orElse(EXACT_TOLERANCE), probes);
    }

    /**
     * What was proved.
     *
     * @param written the weights as they are stored against the source
     * @param exact the weights before they are rounded to their type; the same when nothing is rounded
     */
    public record Proved(Proof written, Proof exact) {}

    /** What stands in the way of a proof, if anything. */
    private static Optional<String> obstacle(ModelDirectory model) {
        try {
            return model.network().isPresent()
                    ? Optional.empty()
                    : Optional.of(model.checkpoint().directory() + " is of the family '" + model.family()
                            + "', whose network is not built in.");
        } catch (WorkFailure | WrongUse refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /**
     * Refuses a model that cannot be proved, unless that is allowed; for asking before long work begins.
     *
     * @param model what is to be carried
     * @throws WorkFailure when its network is not built in
     */
    void requirePossible(ModelDirectory model) {
        Optional<String> obstacle = obstacle(model);
        if (obstacle.isPresent() && !unproved) {
            throw new WorkFailure("the carried model cannot be proved to be the same function: " + obstacle.get()
                    .replaceAll("\\.$", "") + "; ask for --unproved to write it without a proof.");
        }
    }

    /**
     * Compares the carried model with its source.
     *
     * @param carried the model
     * @param observer told how many carried tensors have been read
     * @return what was proved; nothing when the network is not built in and that is allowed
     * @throws WorkFailure when it is not the same function
     */
    Optional<Proved> prove(CarriedModel carried, WorkObserver observer) {
        ModelDirectory source = carried.source();
        requirePossible(source);
        if (obstacle(source).isPresent()) {
            return Optional.empty();
        }
        boolean lossless = carried.isLossless();
        double allowed = tolerance.orElse(lossless ? EXACT_TOLERANCE : FunctionComparison.usualTolerance(source));
        TensorReader stored = carried.counting("proving", carried::stored, observer);
        if (lossless) {
            Proof proof = compare(allowed, source, stored).requireVerified();
            return Optional.of(new Proved(proof, proof));
        }
        Proof written = compare(allowed, source, stored);
        Proof exact = compare(EXACT_TOLERANCE, source,
                carried.counting("proving before rounding", carried::exact, observer)).requireVerified();
        if (!written.verified()) {
            throw new WorkFailure("rounding the carried weights to their stored type changes the outputs by up to "
                    + written.maxRelDifference() + " of the largest where " + allowed + " is allowed; nothing was "
                    + "written; ask for orders and signs alone (--maps discrete), or for a wider --tolerance.");
        }
        return Optional.of(new Proved(written, exact));
    }

    private Proof compare(double allowed, ModelDirectory source, TensorReader carried) {
        return new FunctionComparison(allowed, probes, seed).compare(source, carried);
    }
}
