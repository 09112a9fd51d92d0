package org.thalweg.model;

import java.util.Optional;
import org.thalweg.equivalence.Proof;

/**
 * What a comparison of two models found.
 *
 * @param proof how far their outputs differ
 * @param inputs on how many inputs
 * @param firstDifference the first block behind which activations differ by more than the tolerance, when outputs do
 *     and the blocks before agree; none where already the embeddings differ, as when the residual basis was moved
 */
public record Comparison(Proof proof, int inputs, Optional<String> firstDifference) {}
