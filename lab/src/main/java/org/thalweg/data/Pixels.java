package org.thalweg.data;

import java.nio.ByteBuffer;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/** The pixels of a set of images, each a number from 0 to 255. Immutable and safe to share between threads. */
sealed interface Pixels permits HeldPixels, FolderImages, ResizedPixels {
    /** The shape of every image. */
    ImageShape shape();

    /** The number of images. */
    int size();

    /**
     * Writes one image.
     *
     * @param i the image, {@code 0 <= i < size()}
     * @param target receives [channels height width] whole numbers from 0 to 255; nothing else in it is changed
     * @param offset where in {@code target} the image starts
     * @throws WorkFailure when its file cannot be read or decoded
     */
    void copy(int i, float[] target, int offset);

    /**
     * Some of the images.
     *
     * @param chosen which, in order
     * @return pixels of their own; images that are made when asked for stay so
     */
    Pixels select(int[] chosen);

    /**
     * Whether images are decoded or resized when they are asked for, or would be on a machine with less memory. The
     * same on every machine.
     */
    boolean areMadeWhenAsked();

    /**
     * The identity of the content.
     *
     * @param classes how many there are
     * @param labels [n] class of each image; not changed
     * @return equal for equal content on every machine
     */
    Digest digest(int classes, int[] labels);

    /**
     * What a digest holds of shape and labels: channels, height, width, classes and n as 4-byte big-endian integers,
     * then the labels likewise.
     */
    default byte[] header(int classes, int[] labels) {
        ByteBuffer header = ByteBuffer.allocate(5 * Integer.BYTES + Integer.BYTES * labels.length);
        header.putInt(shape().channels()).putInt(shape().height()).putInt(shape().width());
        header.putInt(classes).putInt(labels.length);
        for (int label : labels) {
            header.putInt(label);
        }
        return header.array();
    }
}
