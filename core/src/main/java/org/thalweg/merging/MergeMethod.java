package org.thalweg.merging;

import java.util.List;
import java.util.Optional;

/** A formula by which one tensor of several models becomes one. Stateless; the same input gives the same numbers. */
public interface MergeMethod {
    /** What a method does with a base model. */
    enum Base {
        /** A base gives configuration and tokenizer alone; every listed model counts. */
        UNUSED,
        /** With a base, differences from it are merged. */
        OPTIONAL,
        /** There must be one. */
        REQUIRED
    }

    /**
     * How many models a method takes, the base not counted where it uses one.
     *
     * @param least at least so many
     * @param most at most so many
     */
    record Count(int least, int most) {
        /** From a number upwards. */
        public static Count atLeast(int least) {
            return new Count(least, Integer.MAX_VALUE);
        }
    }

    /**
     * The name by which configuration files call it.
     *
     * @return such as {@code dare_ties}
     */
    String name();

    /**
     * What it takes.
     *
     * @return all parameters
     */
    List<MergeParameter> parameters();

    /**
     * Why it does not take a parameter that others take and that files give it.
     *
     * @param parameter a name that is not among {@link #parameters}
     * @return a sentence that says what to do; nothing when the parameter just means nothing to this method
     */
    default Optional<String> refusal(String parameter) {
        return Optional.empty();
    }

    /**
     * What it does with a base.
     *
     * @return whether it needs one
     */
    Base base();

    /**
     * How many models it takes.
     *
     * @return the bounds, the base not counted where it is used
     */
    Count models();

    /**
     * Whether every number of the result depends on the numbers at its place alone, so that a tensor may be merged in
     * blocks.
     *
     * @return true when it may
     */
    default boolean isElementwise() {
        return false;
    }

    /**
     * How much each model counts in what comes of a merge, for what is fitted to the models afterwards, such as
     * routers. Models count by their weights where they have some, else alike; the base where one other model is mixed
     * with it.
     *
     * @param values of all {@link #parameters}
     * @param models how many there are without the base
     * @return [models + 1] from 0 on, in units of their own: the models', then the base's
     */
    default double[] shares(MergeValues values, int models) {
        double[] shares = new double[models + 1];
        boolean isWeighted = parameters().stream().anyMatch(parameter -> parameter.name().equals("weight"));
        for (int model = 0; model < models; model++) {
            shares[model] = isWeighted ? Math.max(0, values.reals("weight")[model]) : 1;
        }
        shares[models] = base() == Base.REQUIRED && models().most() == 1 ? 1 : 0;
        return shares;
    }

    /**
     * Merges one tensor.
     *
     * @param tensors of all models, in float64; not changed
     * @param values of all {@link #parameters}
     * @return in float64, of the same shape
     * @throws org.thalweg.failure.WrongUse when a value is out of its range
     * @throws org.thalweg.failure.WorkFailure when the formula has no answer for these numbers
     */
    Merged merge(ModelTensors tensors, MergeValues values);
}
