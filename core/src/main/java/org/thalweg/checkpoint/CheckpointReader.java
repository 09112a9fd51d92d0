package org.thalweg.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Reads a checkpoint's tensors one at a time, by the names of a {@link StoredLayout}. Files are opened when first asked
 * for and stay open, so that a header is parsed once however many tensors are read. Memory is that of the headers and
 * of the tensors handed out. Several threads may read; one closes it when all have.
 */
public final class CheckpointReader implements TensorReader, AutoCloseable {
    private final Checkpoint checkpoint;
    private final StoredLayout layout;
    private final Map<Path, SafetensorsFile> opened = new ConcurrentHashMap<>();

    CheckpointReader(Checkpoint checkpoint, StoredLayout layout) {
        this.checkpoint = checkpoint;
        this.layout = layout;
    }

    /**
     * {@inheritDoc}
     *
     * @throws WorkFailure when there is no such tensor, its file cannot be read, or its type cannot be computed with
     */
    @Override
    public Tensor read(String name) {
        StoredLayout.Place place = layout.place(name);
        SafetensorsFile file = opened.computeIfAbsent(checkpoint.fileOf(place.stored()), SafetensorsFile::open);
        return place.slice()
                .map(slice -> file.read(place.stored(), slice))
                .orElseGet(() -> file.read(place.stored()));
    }

    @Override
    public void close() {
        opened.values().forEach(SafetensorsFile::close);
    }
}
