package org.thalweg.training;

import java.util.Arrays;
import org.thalweg.data.ImageSet;

/**
 * Mean and deviation of each colour channel over a set of images with values in [0, 1].
 *
 * @param mean one for each channel
 * @param deviation one for each channel; 1 where a channel is constant
 */
public record Standardisation(double[] mean, double[] deviation) {
    /** Of sets whose pixels no array holds, so many images at most are looked at. */
    private static final int MOST_SAMPLED = 10_000;
    private static final long LARGEST_WHOLE = 1L << 31;

    /** Copies the arrays. */
    public Standardisation {
        mean = mean.clone();
        deviation = deviation.clone();
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    /**
     * The constants of a set of images, summed in double precision in a fixed order. Of a set whose images are decoded
     * or resized when they are asked for, and have 2^31 values or more together, at most 10,000 images count, evenly
     * spaced: going through all of them would take hours. The same on every machine.
     *
     * @param images the training set
     * @return its constants
     */
    public static Standardisation of(ImageSet images) {
        boolean whole = !images.areMadeWhenAsked() || (long) images.size() * images.shape().pixels() < LARGEST_WHOLE;
        return of(images, whole ? images.size() : MOST_SAMPLED);
    }

    /** The constants of at most so many images, evenly spaced. */
    static Standardisation of(ImageSet images, int most) {
        int counted = Math.min(images.size(), most);
        int channels = images.shape().channels();
        int pixels = images.shape().pixels();
        int plane = pixels / channels;
        double[] sum = new double[channels];
        double[] squares = new double[channels];
        int atOnce = Math.min(counted, ImageExamples.atOnce(images.shape()));
        float[] values = images.roomFor(atOnce);
        for (int start = 0; start < counted; start += atOnce) {
            int first = start;
            int some = Math.min(atOnce, counted - start);
            images.forEachOf(some, i ->
                    images.copyPixels((int) ((long) (first + i) * images.size() / counted), values, i * pixels));
            for (int i = 0; i < some * pixels; i++) {
                int channel = i % pixels / plane;
                sum[channel] += values[i];
                squares[channel] += (double) values[i] * values[i];
            }
        }
        double count = (double) counted * plane;
        double[] mean = new double[channels];
        double[] deviation = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            mean[channel] = sum[channel] / count;
            double variance = squares[channel] / count - mean[channel] * mean[channel];
            deviation[channel] = variance > 1e-12 ? Math.sqrt(variance) : 1;
        }
        return new Standardisation(mean, deviation);
    }

    /**
     * Shifts and scales images in place.
     *
     * @param values [batch channels height width] flattened, values in [0, 1]; changed
     * @param plane pixels of one channel of one image
     */
    void apply(float[] values, int plane) {
        int channels = mean.length;
        for (int start = 0, channel = 0; start < values.length; start += plane, channel = (channel + 1) % channels) {
            float shift = (float) mean[channel];
            float scale = (float) (1 / deviation[channel]);
            for (int i = start; i < start + plane; i++) {
                values[i] = (values[i] - shift) * scale;
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Standardisation that
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(deviation, that.deviation);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
    }

    @Override
    public String toString() {
        return "mean " + Arrays.toString(mean) + ", deviation " + Arrays.toString(deviation);
    }
}
