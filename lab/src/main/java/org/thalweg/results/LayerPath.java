package org.thalweg.results;

/**
 * The straight path between two models in which the feed-forward network of the same layer was trained anew.
 *
 * @param layer counted from 1
 * @param path what was measured
 */
public record LayerPath(int layer, MethodPath path) {}
