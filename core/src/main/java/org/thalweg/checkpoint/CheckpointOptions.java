package org.thalweg.checkpoint;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a checkpoint directory is written.
 *
 * @param overwrite whether an existing directory is replaced (as a whole) rather than refused
 * @param sharding how tensors are divided among files
 * @param companions files copied into the directory under their own names, such as a tokenizer's
 * @param texts further files by name, with what they contain
 */
public record CheckpointOptions(
        boolean overwrite, Sharding sharding, List<Path> companions, Map<String, String> texts) {
    /** Copies the collections. */
    public CheckpointOptions {
        companions = List.copyOf(companions);
        texts = Map.copyOf(texts);
    }

    /** One file, no companions, an existing directory refused. */
    public static CheckpointOptions defaults() {
        return new CheckpointOptions(false, new Sharding.OneFile(), List.of(), Map.of());
    }

    /** The same, but an existing directory is replaced. */
    public CheckpointOptions overwriting() {
        return new CheckpointOptions(true, sharding, companions, texts);
    }

    /** The same with another division among files. */
    public CheckpointOptions with(Sharding other) {
        return new CheckpointOptions(overwrite, other, companions, texts);
    }

    /** The same with these files copied into the directory. */
    public CheckpointOptions withCompanions(List<Path> files) {
        return new CheckpointOptions(overwrite, sharding, files, texts);
    }

    /** The same with one more file of text in the directory. */
    public CheckpointOptions withText(String name, String text) {
        Map<String, String> more = new HashMap<>(texts);
        more.put(name, text);
        return new CheckpointOptions(overwrite, sharding, companions, more);
    }
}
