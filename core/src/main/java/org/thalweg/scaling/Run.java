package org.thalweg.scaling;

/**
 * A training that was measured.
 *
 * @param setting model and compute
 * @param measured its loss, or its leverage over a dense model; above 0
 */
public record Run(Setting setting, double measured) {}
