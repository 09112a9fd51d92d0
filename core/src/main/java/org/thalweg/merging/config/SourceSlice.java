package org.thalweg.merging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Layers of one model that take part in a slice of the result.
 *
 * @param model its name or directory as the configuration spells it
 * @param range which layers; nothing for all of them
 * @param parameters what the configuration says for this model, by parameter
 */
public record SourceSlice(String model, Optional<LayerRange> range, Map<String, ParameterSetting> parameters) {
    /** Copies the map, in its order. */
    public SourceSlice {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    LayerRange layers(int layersOfModel) {
        return range.orElseGet(() -> new LayerRange(0, layersOfModel)).within(layersOfModel, model);
    }
}
