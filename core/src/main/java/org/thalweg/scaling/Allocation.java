package org.thalweg.scaling;

import org.thalweg.failure.WrongUse;

/**
 * How compute is divided between the model and its data at the lowest loss: C = M D (arXiv 2507.17702, Table 1). The
 * printed coefficients are rounded, so M D is C to a thousandth.
 *
 * @param flopsPerToken M: FLOPs of one forward pass for one token, without the embedding
 * @param tokens D: tokens of the training
 */
public record Allocation(double flopsPerToken, double tokens) {
    /** The compute of the runs, the same as of {@link Hyperparameters#COMPUTE}. */
    public static final FittedRange COMPUTE = Hyperparameters.COMPUTE;

    private static final PowerLaw MOE_MODEL = new PowerLaw(0.1915, 0.5095);
    private static final PowerLaw MOE_DATA = new PowerLaw(5.2232, 0.4905);
    private static final PowerLaw DENSE_MODEL = new PowerLaw(0.0655, 0.5422);
    private static final PowerLaw DENSE_DATA = new PowerLaw(15.2582, 0.4578);

    /**
     * The allocation of a model with 64 experts, of which 4 and a shared one are active (A = 7.8 %, G = 2).
     *
     * @param compute C in FLOPs
     * @return model and data
     * @throws WrongUse when the compute is not above 0 and at most 1e100
     */
    public static Allocation ofMoe(double compute) {
        Setting.requireCompute(compute);
        return new Allocation(MOE_MODEL.at(compute), MOE_DATA.at(compute));
    }

    /**
     * The allocation of a dense model.
     *
     * @param compute C in FLOPs
     * @return model and data
     * @throws WrongUse when the compute is not above 0 and at most 1e100
     */
    public static Allocation ofDense(double compute) {
        Setting.requireCompute(compute);
        return new Allocation(DENSE_MODEL.at(compute), DENSE_DATA.at(compute));
    }
}
