package org.thalweg.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.tensor.Parameters;

/**
 * What a checkpoint directory is to contain.
 *
 * @param config becomes {@code config.json}; copied in and out
 * @param provenance strings for every file's {@code __metadata__}: tool, version, command, seed, digests of parents; no
 *     times, so that equal work gives equal bytes
 * @param tensors type and shape of each tensor by name
 * @param source hands over the tensors, one at a time
 */
public record CheckpointContent(
        ObjectNode config, Map<String, String> provenance, Map<String, TensorLayout> tensors, TensorSource source) {
    /** Copies the tree and the maps. */
    public CheckpointContent {
        config = config.deepCopy();
        provenance = Map.copyOf(provenance);
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Content whose tensors are in memory. */
    public static CheckpointContent of(ObjectNode config, Parameters parameters, Map<String, String> provenance) {
        return new CheckpointContent(
                config, provenance, SafetensorsWriter.layouts(parameters), TensorSource.of(parameters));
    }

    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }
}
