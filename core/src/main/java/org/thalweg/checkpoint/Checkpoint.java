package org.thalweg.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A model on disk as Hugging Face lays it out: a directory with {@code config.json} and {@code model.safetensors}, or
 * shards listed in {@code model.safetensors.index.json}. Opening reads and checks configuration and headers only;
 * tensors are read when asked for, from files mapped for that moment. Never changes; may be used by several threads.
 */
public final class Checkpoint {
    private final Path directory;
    private final ObjectNode config;
    private final Map<String, String> metadata = new TreeMap<>();
    private final Map<String, TensorLayout> tensors = new LinkedHashMap<>();
    private final Map<String, String> fileOf = new LinkedHashMap<>();

    private Checkpoint(Path directory, ObjectNode config) {
        this.directory = directory;
        this.config = config;
    }

    /**
     * Opens a checkpoint: time and memory in proportion to its headers, not its tensors.
     *
     * @param directory the directory
     * @return the checkpoint
     * @throws WorkFailure when something is missing or damaged, named in the message
     */
    public static Checkpoint open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new WorkFailure("there is no directory " + directory + "; check the path.");
        }
        Path config = directory.resolve(CheckpointWriter.CONFIG);
        OtherFormats.refuse(directory);
        if (Files.notExists(config)) {
            throw new WorkFailure(
                    directory + " has no config.json, so it is no Hugging Face checkpoint; check the path.");
        }
        Checkpoint checkpoint = new Checkpoint(directory, BoundedJson.readObject(config));
        Path index = directory.resolve(ShardIndex.FILE_NAME);
        if (Files.exists(directory.resolve(CheckpointWriter.ONE_FILE))) {
            checkpoint.addFile(CheckpointWriter.ONE_FILE);
        } else if (Files.exists(index)) {
            checkpoint.addShards(ShardIndex.read(index));
        } else {
            throw new WorkFailure(directory + " has neither model.safetensors nor " + ShardIndex.FILE_NAME
                    + "; a checkpoint in another format must be converted to safetensors first.");
        }
        return checkpoint;
    }

    /**
     * Writes a new checkpoint in one file; fails when the directory exists.
     *
     * @param directory where it is to stand
     * @param config becomes {@code config.json}; not changed
     * @param parameters the tensors, not changed
     * @param provenance strings for {@code __metadata__}: tool, version, command, seed, digests of parents; no times
     * @throws WorkFailure when the directory exists or the disk refuses; then nothing is left behind
     */
    public static void write(
            Path directory, ObjectNode config, Parameters parameters, Map<String, String> provenance) {
        CheckpointContent content = CheckpointContent.of(config, parameters, provenance);
        CheckpointWriter.write(directory, content, CheckpointOptions.defaults());
    }

    /** The directory it was opened from. */
    public Path directory() {
        return directory;
    }

    /** What {@code config.json} says; a copy. */
    public ObjectNode config() {
        return config.deepCopy();
    }

    /** The files' {@code __metadata__}, sorted by key; where shards differ, the last shard's. Cannot be changed. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Types and shapes by name, files in alphabetical order, within a file as its header lists them. */
    public Map<String, TensorLayout> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** How it is divided among files, for writing another one alike. */
    public Sharding sharding() {
        return fileOf.isEmpty() || fileOf.containsValue(CheckpointWriter.ONE_FILE)
                ? new Sharding.OneFile()
                : new Sharding.As(new ShardIndex(fileOf));
    }

    /**
     * What stands beside configuration and weights, such as a tokenizer, for copying with the model. An alignment that
     * the model was moved by is none: it says nothing about another model.
     *
     * @return what goes along and what does not
     * @throws WorkFailure when the directory cannot be read
     */
    public Companions companions() {
        Set<String> own = new HashSet<>(fileOf.values());
        own.add(CheckpointWriter.CONFIG);
        if (sharding() instanceof Sharding.As) {
            own.add(ShardIndex.FILE_NAME);
        }
        own.addAll(ReplaceableModel.ALIGNMENTS);
        return CompanionWalk.of(directory, own);
    }

    /**
     * Reads all tensors, in the types they are stored in.
     *
     * @return tensors of the caller's scope, or, when none is open, of the caller, to be closed
     * @throws WorkFailure when a file cannot be read or a type cannot be computed with
     */
    public Parameters load() {
        return load(name -> true);
    }

    /**
     * Reads the tensors whose names pass, in the types they are stored in.
     *
     * @param names which to read
     * @return tensors of the caller's scope, or, when none is open, of the caller, to be closed
     * @throws WorkFailure when a file cannot be read or a type cannot be computed with
     */
    public Parameters load(Predicate<String> names) {
        Map<String, List<String>> wanted = new LinkedHashMap<>();
        fileOf.forEach((name, file) -> {
            if (names.test(name)) {
                wanted.computeIfAbsent(file, first -> new ArrayList<>()).add(name);
            }
        });
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> loaded = new LinkedHashMap<>();
            wanted.forEach((file, inFile) -> {
                try (SafetensorsFile opened = SafetensorsFile.open(directory.resolve(file))) {
                    inFile.forEach(name -> loaded.put(name, opened.read(name)));
                }
            });
            return scope.keep(Parameters.of(loaded));
        }
    }

    /**
     * Tensors one at a time, in the types they are stored in, by their names in the files.
     *
     * @return a reader for one thread; close it
     */
    public CheckpointReader reader() {
        return reader(StoredLayout.plain(tensors.keySet()));
    }

    /**
     * Tensors one at a time, in the types they are stored in, by their canonical names.
     *
     * @param layout where they lie
     * @return a reader for one thread; close it
     */
    public CheckpointReader reader(StoredLayout layout) {
        return new CheckpointReader(this, layout);
    }

    /**
     * The file that holds a tensor; open it with {@link SafetensorsFile#open} to read single tensors.
     *
     * @param name the tensor's name
     * @return its path
     * @throws WorkFailure when there is no such tensor
     */
    public Path fileOf(String name) {
        if (!fileOf.containsKey(name)) {
            throw new WorkFailure(directory + " has no tensor " + Shown.name(name) + ".");
        }
        return directory.resolve(fileOf.get(name));
    }

    /**
     * Fails at the first tensor with a NaN or an infinity; reads all files once, without libtorch.
     *
     * @throws WorkFailure naming file, tensor and element
     */
    public void requireFinite() {
        requireFinite(_ -> { });
    }

    /**
     * As {@link #requireFinite()}, tensors on several threads at once.
     *
     * @param observer told in the calling thread how many tensors have been looked at; what it throws ends the work
     * @throws WorkFailure naming file, tensor and element
     */
    public void requireFinite(LongConsumer observer) {
        long looked = 0;
        for (String file : new LinkedHashSet<>(fileOf.values())) {
            try (SafetensorsFile opened = SafetensorsFile.open(directory.resolve(file));
                    Workers workers = Workers.few()) {
                Map<String, Supplier<OptionalLong>> found = new LinkedHashMap<>();
                opened.tensors().keySet().forEach(
                        name -> found.put(name, workers.begin(() -> opened.firstNonFinite(name))));
                for (Map.Entry<String, TensorEntry> tensor : opened.tensors().entrySet()) {
                    requireFinite(opened.path().toString(), tensor.getKey(), tensor.getValue().layout(),
                            found.get(tensor.getKey()).get());
                    observer.accept(++looked);
                }
            }
        }
    }

    /**
     * Fails at the first tensor with a NaN or an infinity.
     *
     * @param origin what the tensors are, for the message: a file or the name of a model
     * @param parameters the tensors, not changed
     * @throws WorkFailure naming origin, tensor and element
     */
    public static void requireFinite(String origin, Parameters parameters) {
        parameters.asMap().forEach((name, tensor) -> {
            try (Scope scope = Scope.open()) {
                TensorLayout layout = TensorLayout.of(tensor);
                requireFinite(origin, name, layout,
                        StoredNumbers.firstNonFinite(layout.type(), tensor.contiguousBytes()));
            }
        });
    }

    private static void requireFinite(String origin, String name, TensorLayout layout, OptionalLong firstBad) {
        if (firstBad.isPresent()) {
            throw new WorkFailure(origin + " has a NaN or infinite number in tensor " + Shown.name(name) + " at "
                    + layout.indexOf(firstBad.getAsLong()) + "; use a checkpoint from before the model diverged.");
        }
    }

    private void addShards(ShardIndex index) {
        List<String> missing =
                index.shards().stream().filter(shard -> !Files.exists(directory.resolve(shard))).toList();
        if (!missing.isEmpty()) {
            throw new WorkFailure(directory + " lacks " + missing.size() + " of " + index.shards().size()
                    + " shards its index names: " + Shown.names(missing) + "; download them.");
        }
        for (String shard : index.shards()) {
            addFile(shard);
        }
        requireSame("names tensors that their shards do not hold", index.shardOf(), fileOf);
        requireSame("does not name, or places elsewhere, tensors that its shards hold", fileOf, index.shardOf());
    }

    private void requireSame(String complaint, Map<String, String> these, Map<String, String> those) {
        List<String> names = these.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(those.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        if (!names.isEmpty()) {
            throw new WorkFailure(directory.resolve(ShardIndex.FILE_NAME) + " " + complaint + ": " + Shown.names(names)
                    + "; download index and shards from the same place.");
        }
    }

    private void addFile(String fileName) {
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(fileName))) {
            metadata.putAll(file.metadata());
            file.tensors().forEach((name, entry) -> {
                if (fileOf.containsKey(name)) {
                    throw new WorkFailure("tensor " + Shown.name(name) + " is in two files of " + directory + ", "
                            + fileOf.get(name) + " and " + fileName + "; download the checkpoint again.");
                }
                tensors.put(name, entry.layout());
                fileOf.put(name, fileName);
            });
        }
    }
}
