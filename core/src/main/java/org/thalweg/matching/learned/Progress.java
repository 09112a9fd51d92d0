package org.thalweg.matching.learned;

/**
 * How far learning is.
 *
 * @param step how many steps were taken
 * @param loss mean cross-entropy on held-out examples, nats: of two models at a quarter, a half and three quarters of
 *     the straight line, of more at the centre of their simplex and in the middle of edges
 */
public record Progress(int step, double loss) {}
