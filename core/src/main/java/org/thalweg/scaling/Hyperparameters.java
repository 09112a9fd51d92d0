package org.thalweg.scaling;

import org.thalweg.failure.WrongUse;

/**
 * The peak learning rate and the batch at which a model with a Mixture of Experts reaches the lowest loss for its
 * compute (arXiv 2507.17702, Equation 3). Fitted with AdamW and a warm-up, stable, decay schedule to models of 64
 * experts, of which 4 and a shared one are active (A = 7.8 %, G = 2), and found near the optimum for A from 4.7 to
 * 10.9 %. Dense models have other laws, which the paper draws and does not print.
 *
 * @param learningRate the peak of the schedule
 * @param batchTokens tokens, not texts, in a batch
 */
public record Hyperparameters(double learningRate, double batchTokens) {
    /** From compute in FLOPs to the learning rate. */
    public static final PowerLaw LEARNING_RATE = new PowerLaw(1.1576, -0.1529);

    /** From compute in FLOPs to tokens in a batch. */
    public static final PowerLaw BATCH_TOKENS = new PowerLaw(0.0694, 0.3644);

    /** The compute of the runs of the search. */
    public static final FittedRange COMPUTE = new FittedRange("compute", 3e17, 3e20, "FLOPs");

    /**
     * The loss-optimal ones.
     *
     * @param compute C in FLOPs
     * @return the rate and the batch
     * @throws WrongUse when the compute is not above 0 and at most 1e100
     */
    public static Hyperparameters lossOptimal(double compute) {
        Setting.requireCompute(compute);
        return new Hyperparameters(LEARNING_RATE.at(compute), BATCH_TOKENS.at(compute));
    }
}
