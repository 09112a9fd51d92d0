package org.thalweg.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.thalweg.storage.Digest;

/**
 * Images brought to another size whenever they are asked for, as {@link Resizing} makes them, so that memory holds them
 * as they are.
 *
 * @param original the images as they are
 * @param shape what they are brought to, with the same channels
 */
record ResizedPixels(Pixels original, ImageShape shape) implements Pixels {
    private static final byte[] FORMAT = "thalweg image set, resized 1\n".getBytes(StandardCharsets.UTF_8);

    @Override
    public int size() {
        return original.size();
    }

    @Override
    public void copy(int i, float[] target, int offset) {
        ImageShape old = original.shape();
        int plane = old.height() * old.width();
        float[] image = new float[old.pixels()];
        original.copy(i, image, 0);
        Resizing resizing = Resizing.between(old.height(), old.width(), shape.height(), shape.width());
        for (int channel = 0; channel < old.channels(); channel++) {
            float[] resized = resizing.apply(Arrays.copyOfRange(image, channel * plane, (channel + 1) * plane));
            System.arraycopy(resized, 0, target, offset + channel * resized.length, resized.length);
        }
    }

    @Override
    public ResizedPixels select(int[] chosen) {
        return new ResizedPixels(original.select(chosen), shape);
    }

    @Override
    public boolean areMadeWhenAsked() {
        return true;
    }

    /** Of a format line, the header with the new shape, and the digest of the images as they are. */
    @Override
    public Digest digest(int classes, int[] labels) {
        return Digest.ofBytes(FORMAT, header(classes, labels),
                original.digest(classes, labels).hex().getBytes(StandardCharsets.UTF_8));
    }
}
