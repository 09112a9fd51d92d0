package org.thalweg.network.decoder;

/**
 * How the experts' maps are stored. Shapes can be ambiguous (when twice the width is the residual width), so the family
 * and the names decide, never the shape.
 */
public enum ExpertLayout {
    /** One tensor for each map of each expert, [width residual] and [residual width]. */
    ONE_EACH,
    /** Fused, outputs before inputs: [experts 2·width residual], gate rows first, and [experts residual width]. */
    FUSED_ROWS,
    /** Fused, inputs before outputs: [experts residual 2·width], gate columns first, and [experts width residual]. */
    FUSED_COLUMNS,
    /** As {@link #FUSED_COLUMNS}, but gate and up columns alternate. */
    FUSED_ALTERNATING
}
