package org.thalweg.network.decoder;

/**
 * The normalisations of a decoder.
 *
 * @param centred whether the mean is subtracted and a shift added (LayerNorm), or neither (RMSNorm)
 * @param epsilon added to the variance or mean square
 * @param after whether a norm stands after each sublayer's sum with the stream (BERT) instead of before the sublayer
 */
public record Norm(boolean centred, double epsilon, boolean after) {}
