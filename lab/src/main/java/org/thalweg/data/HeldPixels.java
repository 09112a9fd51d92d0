package org.thalweg.data;

import java.nio.charset.StandardCharsets;
import org.thalweg.storage.Digest;

/**
 * Pixels in memory.
 *
 * @param bytes [n channels height width] unsigned; taken over and not copied
 * @param each how many one image has
 */
record HeldPixels(byte[] bytes, int each) implements Pixels {
    private static final byte[] DIGEST_FORMAT = "thalweg image set 1\n".getBytes(StandardCharsets.UTF_8);

    @Override
    public void copyTo(int image, float[] target, int offset) {
        int start = image * each;
        for (int p = 0; p < each; p++) {
            target[offset + p] = (bytes[start + p] & 0xff) / 255f;
        }
    }

    @Override
    public Pixels chosen(int[] images) {
        byte[] chosen = new byte[images.length * each];
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(bytes, images[i] * each, chosen, i * each, each);
        }
        return new HeldPixels(chosen, each);
    }

    @Override
    public Digest digest(byte[] header) {
        return Digest.ofBytes(DIGEST_FORMAT, header, bytes);
    }

    @Override
    public boolean areMade() {
        return false;
    }
}
