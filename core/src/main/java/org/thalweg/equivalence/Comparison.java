package org.thalweg.equivalence;

import java.util.Optional;

/**
 * What a comparison of two models found.
 *
 * @param verification how far their outputs differ
 * @param inputs on how many inputs
 * @param firstDifference the first block behind which activations differ by more than the tolerance, when outputs do
 *     and the blocks before agree; none where already the embeddings differ, as when the residual basis was moved
 * @param fixedRouting the same with the first model's choice of experts; only where the second model chose others, and
 *     it is known which experts belong together
 */
public record Comparison(
        Verification verification,
        int inputs,
        Optional<String> firstDifference,
        Optional<FixedRouting> fixedRouting) {}
