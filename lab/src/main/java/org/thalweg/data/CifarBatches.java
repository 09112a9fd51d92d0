package org.thalweg.data;

import java.nio.file.Path;

/**
 * The binary batches of CIFAR-10 or CIFAR-100.
 *
 * @param directory where the files are, or the packed archive
 * @param classes 10 or 100
 */
public record CifarBatches(Path directory, int classes) implements ImageSource {
    @Override
    public ImageData load() {
        throw new UnsupportedOperationException("not yet");
    }
}
