package org.thalweg.matching;

/**
 * What weight matching compares items by, where the paper <i>Generalized LMC for Transformers</i> (arXiv 2506.22712,
 * section 3.2) and its published code differ.
 */
public enum CostRule {
    /**
     * The paper: squared norms of the differences of heads' circuits, without the biases of keys that a softmax
     * ignores; inner products of hidden units (Eq 3); the basis of the stream by all weights alike (Eq 4).
     */
    PAPER,
    /**
     * The published code: norms of the differences of circuits, not squared, with all biases; the L1 distance of hidden
     * units whose concatenated weights are divided by their norm; the stream by weights divided by the square root of
     * their number of columns, and an identity block for the key and for the value of each layer's rewritten heads,
     * which pulls a rotation towards no change. What the code takes from rewritten heads (their circuits) is here taken
     * from the stored weights in the gauge compared. Several coupled hidden layers are compared by inner products.
     */
    OFFICIAL
}
