package org.thalweg.data;

import org.thalweg.failure.WorkFailure;

/** Where images come from. A source is a description, cheap and comparable; nothing is read before {@link #load}. */
public sealed interface ImageSource permits EmbeddedFashionMnist, IdxDirectory, CifarBatches, CifarFolder,
        ImageFolder, ImageNetFolder {
    /**
     * Reads and checks everything. The same files give the same data, with the same digests, on every machine.
     *
     * @return both splits, in memory, or of folders with more images than memory holds decoded when they are asked for
     * @throws WorkFailure when a file is missing, damaged or not what its name says; one sentence with the file, what
     *     was expected, what was found and what to do
     */
    ImageData load();

    /**
     * The same images where their size may be chosen before they are decoded.
     *
     * @param side rows and columns in pixels
     * @return this where all images have one size of their own; then {@link ImageSet#resized} changes it
     */
    default ImageSource squared(int side) {
        return this;
    }
}
