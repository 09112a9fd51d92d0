package org.thalweg.model;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Tensors of a checkpoint, each read when asked for. Its files stay mapped until it is closed, so that a header of many
 * thousand tensors is parsed once and not for each of them.
 */
final class CheckpointReader implements TensorReader, AutoCloseable {
    private final Checkpoint checkpoint;
    private final Map<Path, SafetensorsFile> files = new HashMap<>();

    CheckpointReader(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    @Override
    public Tensor read(String name) {
        return files.computeIfAbsent(checkpoint.fileOf(name), SafetensorsFile::open).read(name);
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
