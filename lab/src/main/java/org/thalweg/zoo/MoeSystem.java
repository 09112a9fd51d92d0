package org.thalweg.zoo;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.Parameters;

/**
 * A published Mixture-of-Experts system at a size of minutes. It has variants, among them what it is compared with;
 * each is trained from several seeds and measured, and two replicas of one variant are connected by a straight line.
 * Data are made in the program from {@link #DATA_SEED}, so replicas differ in initial weights and order of examples
 * alone.
 */
public interface MoeSystem {
    /** Seed of all data of all systems. */
    long DATA_SEED = 20250711;

    /** The name in study files and results, for example {@code omni-router}. */
    String name();

    /** Where it was published, for example {@code Omni-Router (arXiv 2507.05724)}. */
    String source();

    /**
     * Sizes, steps and rates that a study file may change.
     *
     * @return by name, in order, with the values that hold when a file says nothing
     */
    Map<String, Double> defaults();

    /**
     * What is trained, each after the one that it starts from.
     *
     * @param settings of the study
     * @return at least one
     * @throws org.thalweg.failure.WrongUse when the settings make no system, in one sentence
     */
    List<Variant> variants(Settings settings);

    /**
     * Trains one model.
     *
     * @param variant which
     * @param start the model of the same seed that it starts from, if {@link Variant#from} names one; not changed
     * @param run settings, seed, and the trainer
     * @return every tensor, float32, in the current scope
     */
    Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run);

    /**
     * Measures one model on data that no training sees.
     *
     * @param variant which
     * @param model its tensors; not changed
     * @param settings of the study
     * @return finite numbers by name, in order; deterministic
     */
    Map<String, Double> measure(Variant variant, Parameters model, Settings settings);

    /**
     * The variant whose replicas are connected.
     *
     * @return the name of one of {@link #variants}
     */
    String connected();

    /**
     * How replicas of the variant {@link #connected} are connected. It may make the data on which losses are measured.
     *
     * @param settings of the study
     * @return its network, its symmetries and what is measured along the line
     */
    Connection connection(Settings settings);

    /**
     * What the authors claim, beside what was measured.
     *
     * @param measured of every variant and seed
     * @return at least one
     */
    List<Claim> claims(Measurements measured);
}
