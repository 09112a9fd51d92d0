package org.thalweg.merging;

import org.thalweg.failure.WrongUse;

/** How what remains of a difference is made as large again as the whole. */
enum Rescaling {
    /** Not at all. */
    NONE,
    /** To the same sum of magnitudes. */
    L1,
    /** By the inverse of the share that is kept, so that the expectation is the difference (arXiv 2311.03099). */
    INVERSE_DENSITY;

    private static final double SMALLEST_SUM = 1e-7;
    private static final String NAME = "rescale";

    /** The parameter of methods that choose what they drop. */
    static MergeParameter parameter(boolean usual) {
        return MergeParameter.flag(NAME, usual,
                "whether what remains of a difference is multiplied to its former sum of magnitudes (also 'l1')");
    }

    /** The parameter of methods that drop at random with one probability. */
    static MergeParameter parameterWithDensity() {
        return MergeParameter.flag(NAME, true, "what remains of a difference is multiplied to its former sum of "
                + "magnitudes (true or 'l1'), by 1/density ('inverse-density') or not at all (false)");
    }

    /**
     * Reads the parameter.
     *
     * @param values with the parameter
     * @return true is {@code l1}
     * @throws WrongUse when it is neither true nor false nor a word for one of these
     */
    static Rescaling of(MergeValues values) {
        return switch (values.value(NAME)) {
            case MergeValue.Word(String word) when word.equals("l1") -> L1;
            case MergeValue.Word(String word) when word.equals("inverse-density") -> INVERSE_DENSITY;
            case MergeValue.Word(String word) -> throw new WrongUse("the parameter '" + NAME + "' is '" + word
                    + "', expected true, false, l1 or inverse-density.");
            case MergeValue.Flag _, MergeValue.Real _ -> values.flag(NAME) ? L1 : NONE;
        };
    }

    /**
     * Reads the parameter of a method for which no number is kept with the same probability as another.
     *
     * @param values with the parameter
     * @return not {@link #INVERSE_DENSITY}
     * @throws WrongUse when it is that or none
     */
    static Rescaling withoutDensity(MergeValues values) {
        Rescaling rescaling = of(values);
        if (rescaling == INVERSE_DENSITY) {
            throw new WrongUse("the parameter '" + NAME + "' is 'inverse-density', which is for methods that drop "
                    + "every number with the same probability; use true, false or l1, or the method dare_ties.");
        }
        return rescaling;
    }

    /**
     * Trims a difference and rescales it.
     *
     * @param delta the difference
     * @param kept where it stays
     * @param density the share that should be kept
     * @return what remains; not rescaled where one of the sums of magnitudes is below 1e-7
     */
    Delta trim(Delta delta, Places kept, double density) {
        Delta trimmed = delta.at(kept);
        return switch (this) {
            case NONE -> trimmed;
            case L1 -> trimmed.times(factor(
                    Passes.sum(delta.magnitudes(), delta.size()), Passes.sum(trimmed.magnitudes(), delta.size())));
            case INVERSE_DENSITY -> density == 0 ? trimmed : trimmed.times(1 / density);
        };
    }

    private static double factor(double before, double after) {
        return before < SMALLEST_SUM || after < SMALLEST_SUM ? 1 : before / after;
    }
}
