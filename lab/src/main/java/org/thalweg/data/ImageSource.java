package org.thalweg.data;

import org.thalweg.failure.WorkFailure;

/** Where images come from. A source is a description, cheap and comparable; nothing is read before {@link #load}. */
public sealed interface ImageSource permits EmbeddedFashionMnist, IdxDirectory, CifarBatches, CifarFolder, ImageFolder,
        ImageNet {
    /**
     * Reads and checks everything. The same files give the same data, with the same digests, on every machine.
     *
     * @return both splits; in memory, or as files that are decoded when they are asked for
     * @throws WorkFailure when a file is missing, damaged or not what its name says; one sentence with the file, what
     *     was expected, what was found and what to do
     */
    ImageData load();

    /**
     * Reads and checks everything for images of one size, which need not have one in their files.
     *
     * @param side of the square that every image is brought to, stretched by an antialiased bilinear filter
     * @return both splits
     * @throws WorkFailure as {@link #load} does
     */
    default ImageData loadResized(int side) {
        return load().resized(side);
    }
}
