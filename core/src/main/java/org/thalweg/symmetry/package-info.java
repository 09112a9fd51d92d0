/**
 * The symmetries of an architecture as data: groups, their elements, specifications that say which axis of which
 * tensor belongs to which space, alignments made of one element per space, and the proof that an alignment changed
 * no output.
 *
 * <p>Direction, everywhere: a model A is the reference and B is carried to it. A permutation is written as
 * {@code image[i] = index in B placed at position i of A}; every element of a nested space (the hidden units
 * inside an expert) is indexed by the position in A, the target. Composition is written as for functions:
 * {@code h.compose(g)} applies g first.
 */
package org.thalweg.symmetry;
