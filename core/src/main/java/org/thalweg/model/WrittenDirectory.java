package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.checkpoint.StoredLayout;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * A directory that is made from a model's: all of it but its numbers. Companion files and the metadata of the source
 * come along.
 *
 * @param source where companions and metadata are from
 * @param config becomes {@code config.json}
 * @param files types and shapes by stored names
 * @param stored where the tensors lie in the files
 * @param division among files
 */
record WrittenDirectory(
        Checkpoint source, ObjectNode config, Map<String, TensorLayout> files, StoredLayout stored, Sharding division) {
    /** The same names, shapes, types and division as a model has. */
    static WrittenDirectory like(ModelDirectory model) {
        Checkpoint source = model.checkpoint();
        return new WrittenDirectory(
                source, source.config(), source.tensors(), model.stored(), source.sharding());
    }

    /** Types and shapes by canonical names. */
    Map<String, TensorLayout> tensors() {
        return stored.canonical(files);
    }

    /**
     * Writes it, one tensor in memory at a time.
     *
     * @param tensors by canonical names, each in the type it is stored in
     * @param provenance more strings for the files' metadata
     * @param extras writes what else is to stand there
     * @param output where
     * @param observer told how many tensors are written
     * @throws WorkFailure when the disk refuses, or whatever reading the tensors throws; then nothing is left
     */
    void write(
            TensorReader tensors,
            Map<String, String> provenance,
            List<DurableDirectory.Filler> extras,
            Output output,
            WorkObserver observer) {
        Map<String, String> metadata = new LinkedHashMap<>(source.metadata());
        metadata.putAll(provenance);
        TensorReader counted = new CountedReads(WorkObserver.WRITING, stored.places().size(), observer).of(tensors);
        CheckpointWriter.write(
                output.directory(),
                new CheckpointContent(config, metadata, files, stored.source(files, counted)),
                new CheckpointOptions(output.overwrite(), division, source.companions().files(), extras));
    }
}
