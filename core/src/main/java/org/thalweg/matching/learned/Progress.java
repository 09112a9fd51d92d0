package org.thalweg.matching.learned;

/**
 * How far learning is.
 *
 * @param step how many steps were taken
 * @param loss mean cross-entropy on held-out examples at a quarter, a half and three quarters of the straight line,
 *     nats
 */
public record Progress(int step, double loss) {}
