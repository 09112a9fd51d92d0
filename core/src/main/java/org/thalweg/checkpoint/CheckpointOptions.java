package org.thalweg.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * How a checkpoint directory is written.
 *
 * @param overwrite whether an existing directory is replaced (as a whole) rather than refused
 * @param sharding how tensors are divided among files
 * @param companions files copied into the directory under their own names, such as a tokenizer's
 */
public record CheckpointOptions(boolean overwrite, Sharding sharding, List<Path> companions) {
    /** Copies the list. */
    public CheckpointOptions {
        companions = List.copyOf(companions);
    }

    /** One file, no companions, an existing directory refused. */
    public static CheckpointOptions defaults() {
        return new CheckpointOptions(false, new Sharding.OneFile(), List.of());
    }

    /** The same, but an existing directory is replaced. */
    public CheckpointOptions overwriting() {
        return new CheckpointOptions(true, sharding, companions);
    }

    /** The same with another division among files. */
    public CheckpointOptions with(Sharding other) {
        return new CheckpointOptions(overwrite, other, companions);
    }

    /** The same with these files copied into the directory. */
    public CheckpointOptions withCompanions(List<Path> files) {
        return new CheckpointOptions(overwrite, sharding, files);
    }
}
