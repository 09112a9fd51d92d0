package org.thalweg.merging;

import org.thalweg.failure.WrongUse;

/**
 * The values that a parameter may have.
 *
 * @param least at least this
 * @param most at most this
 */
record Range(double least, double most) {
    /** A share of a whole. */
    static final Range SHARE = new Range(0, 1);
    /** Anything but negative numbers. */
    static final Range NOT_NEGATIVE = new Range(0, Double.MAX_VALUE);

    /**
     * A number of all models.
     *
     * @param name of the parameter
     * @param values with the parameter
     * @return its value
     * @throws WrongUse when it is no number or outside
     */
    double real(String name, MergeValues values) {
        return within(name, values.real(name));
    }

    /**
     * A number that each model has.
     *
     * @param name of the parameter
     * @param values with the parameter
     * @return by model
     * @throws WrongUse when one is no number or outside
     */
    double[] reals(String name, MergeValues values) {
        double[] reals = values.reals(name);
        for (double value : reals) {
            within(name, value);
        }
        return reals;
    }

    private double within(String name, double value) {
        if (!(value >= least && value <= most)) {
            throw new WrongUse("the parameter '" + name + "' is " + value + ", expected a number "
                    + (most == Double.MAX_VALUE ? "of " + least + " or more." : "from " + least + " to " + most + "."));
        }
        return value;
    }
}
