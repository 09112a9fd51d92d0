/**
 * What a straight line between two models costs: curves of loss and accuracy over the weight on model B, the barrier,
 * and the area under the curve. Pure arithmetic on arrays; the networks are run elsewhere.
 *
 * <p>Letters: {@code t} is the weight on model B, so {@code t = 0} is A and {@code t = 1} is B; {@code p} counts grid
 * points.
 */
package org.thalweg.connectivity;
