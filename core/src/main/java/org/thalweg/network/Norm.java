package org.thalweg.network;

/**
 * A normalisation.
 *
 * @param centred whether the mean is subtracted (LayerNorm) or not (RMSNorm)
 * @param shifted whether a shift is added
 * @param epsilon added to the variance or the mean square
 * @param gainOffset what is added to the stored gain: 1 in Gemma, else 0
 */
public record Norm(boolean centred, boolean shifted, double epsilon, double gainOffset) {
    /** A LayerNorm with gain and shift. */
    public static Norm layer(double epsilon) {
        return new Norm(true, true, epsilon, 0);
    }

    /** An RMSNorm with a gain. */
    public static Norm rms(double epsilon) {
        return new Norm(false, false, epsilon, 0);
    }

    /**
     * The same norm without the subtraction of the mean: equal to this one on streams of mean 0.
     *
     * @return an RMSNorm, with a shift if this has one
     */
    public Norm withoutMean() {
        return new Norm(false, shifted, epsilon, gainOffset);
    }
}
