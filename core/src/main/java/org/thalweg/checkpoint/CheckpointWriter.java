package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;

/**
 * Writes a Hugging Face style directory: {@code config.json}, {@code model.safetensors} or shards with their index, and
 * companions. The directory appears whole or not at all; one tensor is in memory at a time; the same content gives the
 * same bytes.
 */
public final class CheckpointWriter {
    static final String CONFIG = "config.json";
    static final String ONE_FILE = "model.safetensors";

    private CheckpointWriter() {}

    /**
     * Writes a checkpoint.
     *
     * @param directory where it is to stand
     * @param content what it contains
     * @param options whether to overwrite, how to shard, what to copy beside
     * @throws WorkFailure when the directory exists and is not to be overwritten or is not wholly a model, a companion
     *     would replace a file of the checkpoint, or the disk refuses; then nothing is left behind
     */
    public static void write(Path directory, CheckpointContent content, CheckpointOptions options) {
        Map<String, Map<String, TensorLayout>> files = divide(content.tensors(), options.sharding());
        DurableDirectory.Filler filler = part -> fill(part, files, content, options);
        if (options.overwrite()) {
            DurableDirectory.replace(directory, ReplaceableModel::require, filler);
        } else {
            DurableDirectory.write(directory, filler);
        }
    }

    private static void fill(
            Path part,
            Map<String, Map<String, TensorLayout>> files,
            CheckpointContent content,
            CheckpointOptions options)
            throws IOException {
        for (DurableDirectory.Filler extra : options.extras()) {
            extra.fill(part);
        }
        Files.write(free(part, CONFIG), BoundedJson.write(content.config()));
        // Stock loaders refuse a file that does not say which framework's conventions it follows.
        Map<String, String> metadata = new TreeMap<>(Map.of("format", "pt"));
        metadata.putAll(content.provenance());
        for (Map.Entry<String, Map<String, TensorLayout>> file : files.entrySet()) {
            SafetensorsWriter.write(free(part, file.getKey()), metadata, file.getValue(), content.source());
        }
        if (!files.containsKey(ONE_FILE)) {
            Map<String, String> shardOf = new TreeMap<>();
            files.forEach((file, tensors) -> tensors.keySet().forEach(name -> shardOf.put(name, file)));
            long total = content.tensors().values().stream().mapToLong(TensorLayout::bytes).sum();
            Files.write(free(part, ShardIndex.FILE_NAME), new ShardIndex(shardOf).toJson(total));
        }
        copy(options.companions(), part);
        for (DurableDirectory.Filler filler : options.last()) {
            filler.fill(part);
        }
    }

    private static void copy(Map<String, Path> companions, Path part) {
        for (Map.Entry<String, Path> entry : companions.entrySet()) {
            Path companion = entry.getValue();
            Path copy = part.resolve(entry.getKey());
            if (Files.exists(copy)) {
                throw new WorkFailure("cannot copy " + companion + " into the checkpoint: it has a file of that name"
                        + " already; leave it out.");
            }
            try {
                Files.createDirectories(copy.getParent());
                // A link of a cache is followed: the copy stands for itself.
                Files.copy(companion, copy);
            } catch (IOException refused) {
                throw DurableFile.failure(copy, refused);
            }
        }
    }

    /** A shard may have any name, also that of a file which is written beside the weights. */
    private static Path free(Path part, String name) {
        Path file = part.resolve(name);
        if (Files.exists(file)) {
            throw new WorkFailure("the checkpoint has a file " + Shown.name(name)
                    + " of its own, and one of that name is to be written beside it; rename the shard in the source.");
        }
        return file;
    }

    private static Map<String, Map<String, TensorLayout>> divide(
            Map<String, TensorLayout> tensors, Sharding sharding) {
        return switch (sharding) {
            case Sharding.OneFile() -> Map.of(ONE_FILE, tensors);
            case Sharding.UpTo(long bytes) -> divideBySize(tensors, bytes);
            case Sharding.As(ShardIndex index) -> divideAs(tensors, index);
        };
    }

    private static Map<String, Map<String, TensorLayout>> divideBySize(Map<String, TensorLayout> tensors, long most) {
        List<Map<String, TensorLayout>> shards = new ArrayList<>();
        long filled = 0;
        for (Map.Entry<String, TensorLayout> tensor : SafetensorsWriter.storageOrder(tensors)) {
            long bytes = tensor.getValue().bytes();
            if (shards.isEmpty() || filled + bytes > most) {
                shards.add(new LinkedHashMap<>());
                filled = 0;
            }
            shards.getLast().put(tensor.getKey(), tensor.getValue());
            filled += bytes;
        }
        if (shards.size() <= 1) {
            return Map.of(ONE_FILE, tensors);
        }
        Map<String, Map<String, TensorLayout>> files = new LinkedHashMap<>();
        for (int shard = 0; shard < shards.size(); shard++) {
            files.put("model-%05d-of-%05d.safetensors".formatted(shard + 1, shards.size()), shards.get(shard));
        }
        return files;
    }

    private static Map<String, Map<String, TensorLayout>> divideAs(
            Map<String, TensorLayout> tensors, ShardIndex index) {
        Map<String, Map<String, TensorLayout>> files = new TreeMap<>();
        tensors.forEach((name, layout) -> {
            if (!index.shardOf().containsKey(name)) {
                throw new WorkFailure("the shard index names no file for tensor " + Shown.name(name)
                        + "; write one file or shards by size.");
            }
            files.computeIfAbsent(index.shardOf().get(name), file -> new LinkedHashMap<>()).put(name, layout);
        });
        return files;
    }
}
