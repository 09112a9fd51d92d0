package org.thalweg.assignment;

/**
 * The costs of listed candidates, in the kind of numbers that the matrix has. Where only one kind was solved, calls are
 * inlined into the loops over a list; otherwise they cost a comparison of classes.
 */
sealed interface ListedCosts {
    /** Sets entry k to a cost that is a number of this kind. */
    void set(int k, double single);

    /** Entry k. */
    double at(int k);

    /** Costs that are floats. */
    record OfFloats(float[] costs) implements ListedCosts {
        @Override
        public void set(int k, double single) {
            costs[k] = (float) single;
        }

        @Override
        public double at(int k) {
            return costs[k];
        }
    }

    /** Costs that are doubles. */
    record OfDoubles(double[] costs) implements ListedCosts {
        @Override
        public void set(int k, double single) {
            costs[k] = single;
        }

        @Override
        public double at(int k) {
            return costs[k];
        }
    }
}
