/**
 * Groups that act on the positions or vectors of one axis, and their elements. A group is a kind and a size.
 *
 * <p>A permutation is written as {@code image[i] = index in B placed at position i of A}. Composition is written as for
 * functions: {@code h.compose(g)} applies g first.
 */
package org.thalweg.group;
