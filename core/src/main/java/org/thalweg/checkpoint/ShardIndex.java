package org.thalweg.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;

/**
 * Which file of a sharded checkpoint holds which tensor ({@code model.safetensors.index.json}). The index's
 * {@code total_size} is written but not believed: published ones differ from the sum of their tensors.
 *
 * @param shardOf file name by tensor name, in the index's order; copied in, and cannot be changed
 */
public record ShardIndex(Map<String, String> shardOf) {
    static final String FILE_NAME = "model.safetensors.index.json";

    /**
     * Refuses file names that could lead out of the directory.
     *
     * @throws IllegalArgumentException when a shard's name is no plain file name
     */
    public ShardIndex {
        shardOf = Collections.unmodifiableMap(new LinkedHashMap<>(shardOf));
        new TreeSet<>(shardOf.values()).forEach(ShardIndex::requirePlainFileName);
    }

    /**
     * Reads an index.
     *
     * @param file the index file
     * @return the index
     * @throws WorkFailure when it is missing, not as the format says, or names a shard outside its directory
     */
    public static ShardIndex read(Path file) {
        ObjectNode root = BoundedJson.readObject(file);
        JsonNode weightMap = root.path("weight_map");
        if (!weightMap.isObject()) {
            throw new WorkFailure(file + " has no object 'weight_map'; copy or download it again.");
        }
        Map<String, String> shardOf = new LinkedHashMap<>();
        Map<String, String> once = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new WorkFailure(file + " names no file for tensor " + Shown.name(entry.getKey())
                        + "; copy or download it again.");
            }
            // One string per shard, not per tensor: indexes have tens of thousands of entries.
            shardOf.put(entry.getKey(), once.computeIfAbsent(entry.getValue().textValue(), name -> name));
        }
        try {
            return new ShardIndex(shardOf);
        } catch (IllegalArgumentException unsafe) {
            throw new WorkFailure(file + " " + unsafe.getMessage() + "; do not use this checkpoint.", unsafe);
        }
    }

    /** Names of the shards in alphabetical order. */
    public SortedSet<String> shards() {
        return new TreeSet<>(shardOf.values());
    }

    byte[] toJson(long totalBytes) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("metadata").put("total_size", totalBytes);
        ObjectNode weightMap = root.putObject("weight_map");
        new TreeMap<>(shardOf).forEach(weightMap::put);
        return BoundedJson.write(root);
    }

    /** Half a character, or one that this system's encoding lacks, is in no file's name. */
    private static boolean canBeAFile(String name) {
        try {
            return !Path.of(name).toString().isEmpty();
        } catch (InvalidPathException never) {
            return false;
        }
    }

    private static void requirePlainFileName(String name) {
        boolean plain = !name.isEmpty()
                && name.length() <= 255
                && name.chars().allMatch(c -> c > ' ' && c != '/' && c != '\\' && c != ':' && c != 0x7f)
                && !name.startsWith(".")
                && name.endsWith(".safetensors")
                && canBeAFile(name);
        if (!plain) {
            throw new IllegalArgumentException("names the shard " + Shown.name(name)
                    + ", which is no plain file name ending in .safetensors");
        }
    }
}
