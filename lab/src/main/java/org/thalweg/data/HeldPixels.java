package org.thalweg.data;

import java.nio.charset.StandardCharsets;
import org.thalweg.storage.Digest;

/**
 * Pixels in memory. The array is taken over without a copy, for a full data set is large.
 *
 * @param shape of every image
 * @param bytes [n channels height width] unsigned bytes
 */
record HeldPixels(ImageShape shape, byte[] bytes) implements Pixels {
    private static final byte[] FORMAT = "thalweg image set 1\n".getBytes(StandardCharsets.UTF_8);

    @Override
    public int size() {
        return bytes.length / shape.pixels();
    }

    @Override
    public void copy(int i, float[] target, int offset) {
        int count = shape.pixels();
        int start = i * count;
        for (int p = 0; p < count; p++) {
            target[offset + p] = bytes[start + p] & 0xff;
        }
    }

    @Override
    public HeldPixels select(int[] chosen) {
        int count = shape.pixels();
        byte[] selected = new byte[chosen.length * count];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(bytes, chosen[i] * count, selected, i * count, count);
        }
        return new HeldPixels(shape, selected);
    }

    @Override
    public boolean areMadeWhenAsked() {
        return false;
    }

    /** Of a format line, the header and the bytes: about a second per 300 MB. */
    @Override
    public Digest digest(int classes, int[] labels) {
        return Digest.ofBytes(FORMAT, header(classes, labels), bytes);
    }
}
