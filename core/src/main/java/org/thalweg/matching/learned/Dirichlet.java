package org.thalweg.matching.learned;

import java.util.stream.DoubleStream;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * The symmetric Dirichlet distribution on a simplex: gamma variables divided by their sum. Below 1 it favours corners
 * and edges. Gamma variables are drawn by the rejection of Marsaglia and Tsang (2000), with one more in the shape and
 * the power of a uniform number where the shape is below 1, all in logarithms, so that small shapes do not underflow.
 *
 * @param concentration every parameter, above 0
 */
record Dirichlet(double concentration) {
    /** Refuses what is no distribution. */
    Dirichlet {
        if (!(concentration > 0 && concentration < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a concentration is a positive number, found " + concentration);
        }
    }

    /**
     * Draws a point.
     *
     * @param random where the numbers come from
     * @param size of the point, at least 1
     * @return numbers from 0 to 1 that sum to 1
     */
    double[] draw(Random random, int size) {
        double[] logarithms = new double[size];
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < size; i++) {
                logarithms[i] = logarithmOfGamma(random);
            }
        }
        double largest = DoubleStream.of(logarithms).max().orElseThrow();
        double[] shares = DoubleStream.of(logarithms).map(logarithm -> Math.exp(logarithm - largest)).toArray();
        double sum = DoubleStream.of(shares).sum();
        return DoubleStream.of(shares).map(share -> share / sum).toArray();
    }

    private double logarithmOfGamma(Random random) {
        return concentration < 1
                ? logarithmOfGamma(random, concentration + 1) + Math.log(uniform(random)) / concentration
                : logarithmOfGamma(random, concentration);
    }

    /** Of a shape that is at least 1. */
    private static double logarithmOfGamma(Random random, double shape) {
        double d = shape - 1.0 / 3;
        while (true) {
            double x = random.normal(DType.FLOAT64, 1).item();
            double root = 1 + x / Math.sqrt(9 * d);
            if (root > 0) {
                double logarithm = 3 * Math.log(root);
                if (Math.log(uniform(random)) < x * x / 2 + d * (1 - root * root * root + logarithm)) {
                    return Math.log(d) + logarithm;
                }
            }
        }
    }

    /** In (0, 1]. */
    private static double uniform(Random random) {
        return 1 - random.uniform(DType.FLOAT64, 0, 1, 1).item();
    }
}
