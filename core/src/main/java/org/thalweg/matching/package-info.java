/**
 * Finds the alignment of one model to another: expert order and hidden units of Mixture-of-Experts layers by exact
 * assignment problems, data-free (Paper A, Algorithm 1).
 *
 * <p>Letters: {@code n} experts, {@code d} residual width, {@code h} hidden units of an expert. Model A is the
 * reference, model B is aligned; row i of every cost matrix is a position of A, column j a candidate of B.
 */
package org.thalweg.matching;
