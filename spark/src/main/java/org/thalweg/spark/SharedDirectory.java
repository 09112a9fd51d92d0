package org.thalweg.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.study.ArtifactStore;

/**
 * The run's own store in a directory that every machine sees under the same path, used as it is.
 *
 * @param root the directory
 */
record SharedDirectory(String root) implements Share {
    @Override
    public ArtifactStore open() {
        return new ArtifactStore(Path.of(root));
    }

    @Override
    public void close(ArtifactStore store) {
        // The directory is everybody's.
    }

    @Override
    public void fetch(ArtifactStore.Address address, ArtifactStore into) {
        // It is where it is looked for.
    }

    @Override
    public void publish(ArtifactStore.Address address, ArtifactStore from) {
        // It is where others look for it.
    }

    @Override
    public boolean has(ArtifactStore.Address address) {
        return Files.exists(open().directory(address));
    }

    @Override
    public void discard(ArtifactStore.Address address) {
        DurableDirectory.deleteRecursively(open().directory(address));
    }
}
