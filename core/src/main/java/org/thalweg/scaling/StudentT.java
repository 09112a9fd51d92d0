package org.thalweg.scaling;

/**
 * Student's t with a whole number of degrees of freedom, by its closed form: a finite sum of powers of the cosine of
 * {@code atan(t / sqrt(degrees))}.
 *
 * @param degrees at least 1
 */
record StudentT(int degrees) {
    /** The probability that |t| is at most a bound, at least 0. */
    double within(double bound) {
        double angle = Math.atan(bound / Math.sqrt(degrees));
        double cosine = Math.cos(angle);
        boolean odd = degrees % 2 == 1;
        double term = odd ? cosine : 1;
        double sum = degrees == 1 ? 0 : term;
        for (int k = odd ? 3 : 2; k < degrees; k += 2) {
            term *= cosine * cosine * (k - 1) / k;
            sum += term;
        }
        return odd ? (angle + Math.sin(angle) * sum) * 2 / Math.PI : Math.sin(angle) * sum;
    }

    /** The bound that |t| keeps with a probability below 1. */
    double bound(double probability) {
        double low = 0;
        double high = 1;
        while (within(high) < probability) {
            low = high;
            high *= 2;
        }
        for (int halving = 0; halving < 60; halving++) {
            double middle = (low + high) / 2;
            if (within(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
