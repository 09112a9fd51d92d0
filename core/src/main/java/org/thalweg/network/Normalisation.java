package org.thalweg.network;

/** Where a network normalises its residual stream, and how. */
public enum Normalisation {
    /** Nowhere. */
    NONE,
    /** RMSNorm in front of each sublayer, and behind it in some families. */
    RMS,
    /** LayerNorm in front of each sublayer. */
    LAYER,
    /** LayerNorm behind each sum with the stream, which it feeds itself. */
    LAYER_AFTER_SUM
}
