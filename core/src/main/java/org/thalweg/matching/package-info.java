/**
 * Finds the alignment of one model to another by exact assignment problems, from weights alone. The interface is
 * {@link org.thalweg.matching.Matcher}. {@link org.thalweg.matching.WeightMatcher} matches whole models of any described
 * architecture, {@link org.thalweg.matching.MoeMatcher} only the MoE layers (arXiv 2509.11348, Algorithm 1). Both stand
 * on the same parts: {@code ChainMatcher} orders experts and heads by {@code ItemCosts}, and {@code LeafSolver} finds
 * orders, signs and rotations inside and outside of them.
 *
 * <p>Letters: {@code n} experts, {@code d} residual width, {@code h} hidden units of an expert. Model A is the
 * reference, model B is aligned to it; row i of every cost matrix is a position of A, column j a candidate of B.
 */
package org.thalweg.matching;
