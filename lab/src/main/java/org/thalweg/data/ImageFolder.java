package org.thalweg.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder of images, one folder per class.
 *
 * @param directoryOrTarGz the folder or the packed folder
 * @param resize the shape every image is brought to; without it all must have one size
 */
public record ImageFolder(Path directoryOrTarGz, Optional<ImageShape> resize) implements ImageSource {
    @Override
    public ImageData load() {
        throw new UnsupportedOperationException("not yet");
    }
}
