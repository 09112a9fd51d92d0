package org.thalweg.data;

import org.thalweg.storage.Digest;

/**
 * Pixels of images that are brought to another size whenever they are asked for, stretched to fit by an antialiased
 * bilinear filter and rounded to 256 steps, so that memory holds them as they are.
 *
 * @param pixels of the images
 * @param from their shape
 * @param to the shape they are brought to, with as many channels
 */
record ResizedPixels(Pixels pixels, ImageShape from, ImageShape to) implements Pixels {
    @Override
    public void copyTo(int image, float[] target, int offset) {
        Resizing resizing = Resizing.between(from.height(), from.width(), to.height(), to.width());
        float[] whole = new float[from.pixels()];
        pixels.copyTo(image, whole, 0);
        float[] plane = new float[from.height() * from.width()];
        for (int channel = 0; channel < from.channels(); channel++) {
            for (int p = 0; p < plane.length; p++) {
                plane[p] = Math.round(whole[channel * plane.length + p] * 255);
            }
            float[] resized = resizing.apply(plane);
            for (int p = 0; p < resized.length; p++) {
                target[offset + channel * resized.length + p] = resized[p] / 255f;
            }
        }
    }

    @Override
    public Pixels chosen(int[] images) {
        return new ResizedPixels(pixels.chosen(images), from, to);
    }

    @Override
    public Digest digest(byte[] header) {
        return Digest.ofText(pixels.digest(header).hex() + " resized to " + to);
    }

    @Override
    public boolean areMade() {
        return true;
    }
}
