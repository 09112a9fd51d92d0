package org.thalweg.matching;

/** How experts are compared when only Mixture-of-Experts layers are matched. */
public enum ExpertCosts {
    /**
     * By Gram matrices of their maps, as trained (arXiv 2509.11348, Eq 11); only orders and signs act. What a scaled
     * hidden unit computes is the same, and the costs are not.
     */
    WEIGHTS,
    /**
     * By what they compute, where a closed form says it: of gated units {@code f(g·x) (u·x) v} the inner product of the
     * sums of {@code g ⊗ u ⊗ v}, of ReLU units that of the outputs on normal inputs (arc-cosine kernel, Cho and Saul
     * 2009); both ignore the order and the free scalings of hidden units. Other experts by Gram matrices. Hidden units
     * are matched in the balanced gauge, and scalings of units and shifts of routers act too.
     */
    FUNCTIONS
}
