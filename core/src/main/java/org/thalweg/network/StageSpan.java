package org.thalweg.network;

/**
 * Consecutive stages of a network.
 *
 * @param from the first
 * @param to the one before which to stop
 */
public record StageSpan(int from, int to) {}
