/**
 * The symmetries of one model: its spaces with their groups, how each tensor's axes belong to them, and alignments,
 * which have one group element for each space.
 *
 * <p>Direction, everywhere: a model A is the reference and B is aligned to it. Every element of a nested space (the
 * hidden units inside an expert) is indexed by the position in A, the target.
 */
package org.thalweg.symmetry;
