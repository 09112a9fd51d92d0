package org.thalweg.network.quantised;

import org.thalweg.failure.WrongUse;

/**
 * Experts of equal precision, which may change places with each other and with no others.
 *
 * @param precision of their hidden layers
 * @param experts how many, at least 1
 */
public record ExpertClass(Precision precision, int experts) {
    /** Refuses a class without experts. */
    public ExpertClass {
        if (experts < 1) {
            throw new WrongUse("a class of experts of equal precision has at least 1 expert, and that of "
                    + precision.bits() + " bits has " + experts + ".");
        }
    }
}
