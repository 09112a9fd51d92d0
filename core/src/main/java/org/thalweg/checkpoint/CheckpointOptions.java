package org.thalweg.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.thalweg.storage.DurableDirectory;

/**
 * How a checkpoint directory is written.
 *
 * @param overwrite whether an existing directory is replaced (as a whole) rather than refused
 * @param sharding how tensors are divided among files
 * @param companions files copied into the directory under their own names, such as a tokenizer's
 * @param extras write further files into the directory; a name that the checkpoint needs itself is refused
 */
public record CheckpointOptions(
        boolean overwrite, Sharding sharding, List<Path> companions, List<DurableDirectory.Filler> extras) {
    /** Copies the collections. */
    public CheckpointOptions {
        companions = List.copyOf(companions);
        extras = List.copyOf(extras);
    }

    /** One file, no companions, an existing directory refused. */
    public static CheckpointOptions defaults() {
        return new CheckpointOptions(false, new Sharding.OneFile(), List.of(), List.of());
    }

    /** The same, but an existing directory is replaced. */
    public CheckpointOptions overwriting() {
        return new CheckpointOptions(true, sharding, companions, extras);
    }

    /** The same with another division among files. */
    public CheckpointOptions with(Sharding other) {
        return new CheckpointOptions(overwrite, other, companions, extras);
    }

    /** The same with these files copied into the directory. */
    public CheckpointOptions withCompanions(List<Path> files) {
        return new CheckpointOptions(overwrite, sharding, files, extras);
    }

    /** The same with whatever files this writes into the directory. */
    public CheckpointOptions withFiles(DurableDirectory.Filler filler) {
        List<DurableDirectory.Filler> more = new ArrayList<>(extras);
        more.add(filler);
        return new CheckpointOptions(overwrite, sharding, companions, more);
    }
}
