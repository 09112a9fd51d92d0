package org.thalweg.scaling;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The law of efficiency leverage, the compute of a dense model over that of a model with a Mixture of Experts of the
 * same loss (arXiv 2507.17702, Equation 13):
 *
 * <pre>
 * EL(A, G, C) = Â^(a + d log10 C + gamma (log2 G)² + beta log2 G)
 * 1/Â = 1/(A + 1/(1/start - 1/max)) + 1/max
 * </pre>
 *
 * <p>The paper does not say to which bases it takes logarithms. Its own statements leave one choice: the optimum
 * {@code base^(-beta/2gamma)} is "around 12" for base 2 (11.3) and not for e (33) or 10 (3184), and then the leverage
 * "exceeds 7" at A = 3.1 %, G = 12, C = 1e22 with log10 C (7.245) and is 5600 with the natural logarithm.
 *
 * @param a the exponent at C = 1, G = 1
 * @param d its change for ten times the compute
 * @param gamma its change with the square of log2 G
 * @param beta its change with log2 G
 * @param start A_start, where the gain from fewer active experts ends; 0 when it does not end
 * @param max A_max, where Â ends; infinite when it does not
 */
public record LeverageLaw(double a, double d, double gamma, double beta, double start, double max) {
    /** The law with the coefficients of Table 2, fitted to those of more than 300 models whose leverage is below 6. */
    public static final LeverageLaw PUBLISHED = new LeverageLaw(1.23, -7.61e-2, 1.67e-2, -1.17e-1, 1.63e-2, 5.28e16);

    /** Activation ratios of the runs behind {@link #PUBLISHED}. */
    public static final FittedRange ACTIVATION = new FittedRange("activation", 0.008, 1, "");

    /** Granularities of the runs behind {@link #PUBLISHED}, varied at A = 3.1 %; A was varied at G = 2. */
    public static final FittedRange GRANULARITY = new FittedRange("granularity", 2, 16, "");

    /** Compute of the runs behind {@link #PUBLISHED}. */
    public static final FittedRange COMPUTE = new FittedRange("compute", 1e18, 3e20, "FLOPs");

    /**
     * What the published law was not fitted to.
     *
     * @param setting where it is asked
     * @return a sentence, without a full stop, for each of activation, granularity and compute that lies outside
     */
    public static List<String> warnings(Setting setting) {
        return Stream.of(ACTIVATION.warning(setting.activation()), GRANULARITY.warning(setting.granularity()),
                COMPUTE.warning(setting.compute())).flatMap(Optional::stream).toList();
    }

    /**
     * The leverage. At A = 1 it is not exactly the 1 of the definition but {@code (1 + start)} to the exponent, 0.99
     * with the published coefficients.
     *
     * @param setting model and compute
     * @return how many times the compute a dense model takes for the same loss
     */
    public double leverage(Setting setting) {
        return Math.exp(logActivation(setting.activation()) * exponent(setting));
    }

    /**
     * The granularity of the largest leverage, the same for every activation ratio and compute.
     *
     * @return 2^(-beta / 2 gamma), or nothing where the law has no largest one
     */
    public OptionalDouble bestGranularity() {
        return gamma > 0 ? OptionalDouble.of(Math.pow(2, -beta / (2 * gamma))) : OptionalDouble.empty();
    }

    /** To which power Â is taken. */
    double exponent(Setting setting) {
        double fineness = log2(setting.granularity());
        return a + d * Math.log10(setting.compute()) + (gamma * fineness + beta) * fineness;
    }

    /** The natural logarithm of Â. */
    double logActivation(double activation) {
        double shifted = activation + 1 / (1 / start - 1 / max);
        return -Math.log(1 / shifted + 1 / max);
    }

    static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
