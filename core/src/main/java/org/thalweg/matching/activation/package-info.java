/**
 * Alignments found from what two models compute on the same inputs (arXiv 2403.00986 for orders; rotations of the
 * residual stream are our own). Activations are laid out like weights, as tensors that run over samples and a space, so
 * that the one {@link org.thalweg.matching.WeightMatcher} finds the orders.
 */
package org.thalweg.matching.activation;
