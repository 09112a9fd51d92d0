package org.thalweg.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.thalweg.storage.DurableDirectory;

/**
 * How a checkpoint directory is written.
 *
 * @param overwrite whether an existing model is replaced as a whole rather than refused; nothing else ever is, as
 *     {@link ReplaceableModel} says
 * @param sharding how tensors are divided among files
 * @param companions files copied into the directory, such as a tokenizer's, by their paths in it, with slashes
 * @param extras write further files into the directory; a name that the checkpoint needs itself is refused
 * @param last write further files after all others are written
 */
public record CheckpointOptions(
        boolean overwrite,
        Sharding sharding,
        SortedMap<String, Path> companions,
        List<DurableDirectory.Filler> extras,
        List<DurableDirectory.Filler> last) {
    /** Copies the collections. */
    public CheckpointOptions {
        companions = Collections.unmodifiableSortedMap(new TreeMap<>(companions));
        extras = List.copyOf(extras);
        last = List.copyOf(last);
    }

    /** Options by which nothing is written last. */
    public CheckpointOptions(boolean overwrite, Sharding sharding, SortedMap<String, Path> companions,
            List<DurableDirectory.Filler> extras) {
        this(overwrite, sharding, companions, extras, List.of());
    }

    /** One file, no companions, an existing directory refused. */
    public static CheckpointOptions defaults() {
        return new CheckpointOptions(false, new Sharding.OneFile(), new TreeMap<>(), List.of());
    }

    /** The same, but an existing model is replaced. */
    public CheckpointOptions overwriting() {
        return new CheckpointOptions(true, sharding, companions, extras, last);
    }

    /** The same with another division among files. */
    public CheckpointOptions with(Sharding other) {
        return new CheckpointOptions(overwrite, other, companions, extras, last);
    }

    /** The same with these files copied into the directory. */
    public CheckpointOptions withCompanions(Map<String, Path> files) {
        return new CheckpointOptions(overwrite, sharding, new TreeMap<>(files), extras, last);
    }

    /** The same with whatever files this writes into the directory. */
    public CheckpointOptions withFiles(DurableDirectory.Filler filler) {
        List<DurableDirectory.Filler> more = new ArrayList<>(extras);
        more.add(filler);
        return new CheckpointOptions(overwrite, sharding, companions, more, last);
    }
}
