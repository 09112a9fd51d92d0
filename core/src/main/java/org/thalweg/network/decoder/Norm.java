package org.thalweg.network.decoder;

/**
 * The normalisations of a decoder.
 *
 * @param centred whether the mean is subtracted (LayerNorm), or not (RMSNorm)
 * @param shifted whether a shift is added
 * @param epsilon added to the variance or mean square
 * @param after whether a norm stands after each sublayer's sum with the stream (BERT) instead of before the sublayer
 */
public record Norm(boolean centred, boolean shifted, double epsilon, boolean after) {
    /**
     * A norm as published families have it: LayerNorm has a shift, RMSNorm none.
     *
     * @param centred whether it is a LayerNorm
     * @param epsilon added to the variance or mean square
     * @param after whether it stands after the sum
     */
    public Norm(boolean centred, double epsilon, boolean after) {
        this(centred, centred, epsilon, after);
    }

    /**
     * The same norm without the subtraction of the mean: equal to this one on streams of mean 0.
     *
     * @return an RMSNorm, with a shift if this has one
     */
    public Norm withoutMean() {
        return new Norm(false, shifted, epsilon, after);
    }
}
