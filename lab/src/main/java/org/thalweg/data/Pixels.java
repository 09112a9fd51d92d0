package org.thalweg.data;

import org.thalweg.storage.Digest;

/** The pixels of a set of images of one shape, in memory or made when they are asked for. Safe for several threads. */
sealed interface Pixels permits HeldPixels, FolderImages, ResizedPixels {
    /**
     * Writes one image as floats.
     *
     * @param image its number
     * @param target receives [channels height width] values in [0, 1]
     * @param offset where in it the image starts
     */
    void copyTo(int image, float[] target, int offset);

    /** The pixels of some images, in their order. */
    Pixels chosen(int[] images);

    /**
     * What tells these pixels from others.
     *
     * @param header shape, classes and labels of the set
     */
    Digest digest(byte[] header);

    /** Whether an image takes longer to make than to copy. */
    boolean areMade();
}
