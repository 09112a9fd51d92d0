package org.thalweg.data;

import org.thalweg.failure.WorkFailure;

/** Where images come from. A source is a description, cheap and comparable; nothing is read before {@link #load}. */
public sealed interface ImageSource permits EmbeddedFashionMnist, IdxDirectory, CifarBatches, CifarFolder, ImageFolder {
    /**
     * Reads and checks everything. The same files give the same data, with the same digests, on every machine.
     *
     * @return both splits, in memory
     * @throws WorkFailure when a file is missing, damaged or not what its name says; one sentence with the file, what
     *     was expected, what was found and what to do
     */
    ImageData load();
}
