package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.failure.WorkFailure;

/**
 * The configuration of a merged model: that of the model whose configuration it takes, with other numbers of layers and
 * tokens and another type where the merge changes them.
 *
 * @param config not changed
 */
record MergedConfig(ObjectNode config) {
    /** Fields that count layers, of all stock configurations. */
    private static final List<String> LAYERS =
            List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_decoder_layers");

    /** Where a layer of the merged model is from. */
    record Layer(ObjectNode config, int number) {}

    /**
     * With other layers. Lists with an entry for each layer, such as {@code layer_types}, get those of the layers that
     * are taken.
     *
     * @param layers of the merged model, in order
     * @throws WorkFailure when no field says how many layers there are
     */
    MergedConfig withLayers(List<Layer> layers) {
        ObjectNode changed = config.deepCopy();
        int before = layersOf(config);
        for (String field : LAYERS) {
            if (changed.has(field)) {
                changed.put(field, layers.size());
            }
        }
        List<String> fields = new ArrayList<>();
        changed.fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            if (changed.get(field) instanceof ArrayNode list && list.size() == before && before > 1) {
                entries(field, layers).ifPresent(entries -> changed.set(field, entries));
            }
        }
        return new MergedConfig(changed);
    }

    private static int layersOf(ObjectNode config) {
        return LAYERS.stream().filter(config::has).findFirst()
                .map(field -> config.get(field).asInt())
                .orElseThrow(() -> new WorkFailure("config.json has no field that says how many layers there are ("
                        + String.join(", ", LAYERS) + "), so that slices of this model cannot be stacked."));
    }

    private static Optional<ArrayNode> entries(String field, List<Layer> layers) {
        ArrayNode entries = layers.getFirst().config().arrayNode();
        for (Layer layer : layers) {
            JsonNode list = layer.config().path(field);
            if (!list.isArray() || list.size() != layersOf(layer.config())) {
                return Optional.empty();
            }
            entries.add(list.get(layer.number()));
        }
        return Optional.of(entries);
    }

    /** With another type of its weights, in whichever field says it. */
    MergedConfig with(ElementType type) {
        ObjectNode changed = config.deepCopy();
        changed.put(changed.has("torch_dtype") && !changed.has("dtype") ? "torch_dtype" : "dtype",
                type.configured().orElseThrow());
        return new MergedConfig(changed);
    }

    /** With another number of tokens. */
    MergedConfig withVocabulary(long tokens) {
        ObjectNode changed = config.deepCopy();
        changed.put("vocab_size", tokens);
        return new MergedConfig(changed);
    }
}
