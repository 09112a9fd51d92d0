package org.thalweg.group;

/** Factors that multiply coordinates, none of them 0. */
public sealed interface Scaling extends GroupElement permits PositiveScaling, SignedScaling {
    /**
     * The numbers that multiply.
     *
     * @return [size] factors; a copy
     */
    double[] factors();

    @Override
    Scaling inverse();
}
