package org.thalweg.merging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.thalweg.failure.WrongUse;

/**
 * Consecutive layers of the result, each merged from one layer of every source. Tensors before the layers (embeddings)
 * belong to the first slice of a configuration, those behind them (the final normalisation, the head) to the last.
 *
 * @param sources the models that are merged, in the order in which they are listed; without the base where the method
 *     takes one
 * @param base what differences are taken from, where the method takes a base and the configuration names one
 * @param parameters what the configuration says for this slice, by parameter
 * @param place where the slice stands, for messages
 */
public record OutputSlice(
        List<SourceSlice> sources, Optional<SourceSlice> base, Map<String, ParameterSetting> parameters,
        String place) {
    /** Copies list and map, in their order. */
    public OutputSlice {
        sources = List.copyOf(sources);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Which layers of the sources become those of the result, once it is known how many layers the models have.
     *
     * @param layersOfModel the number of layers of a model, by its name as the configuration spells it
     * @return of every source, all of one length
     * @throws WrongUse when a range goes beyond a model's last layer, or the sources take different numbers of layers
     */
    public List<LayerRange> layers(ToIntFunction<String> layersOfModel) {
        List<LayerRange> layers = sources.stream()
                .map(source -> placed(source, layersOfModel.applyAsInt(source.model()))).toList();
        for (int i = 1; i < layers.size(); i++) {
            requireEqual(sources.get(i), layers.get(i), layers.getFirst());
        }
        return layers;
    }

    /**
     * Which layers of the base belong to those of the sources.
     *
     * @param layersOfModel the number of layers of a model, by its name as the configuration spells it
     * @return of the length of those of the sources; nothing where there is no base
     * @throws WrongUse as {@link #layers} does
     */
    public Optional<LayerRange> layersOfBase(ToIntFunction<String> layersOfModel) {
        LayerRange first = layers(layersOfModel).getFirst();
        return base.map(one -> {
            LayerRange range = placed(one, layersOfModel.applyAsInt(one.model()));
            requireEqual(one, range, first);
            return range;
        });
    }

    private LayerRange placed(SourceSlice source, int layersOfModel) {
        try {
            return source.layers(layersOfModel);
        } catch (WrongUse beyond) {
            throw new WrongUse(place + ": " + beyond.getMessage());
        }
    }

    private void requireEqual(SourceSlice source, LayerRange found, LayerRange first) {
        if (found.count() != first.count()) {
            throw new WrongUse(place + ": the model '" + source.model() + "' takes part with " + found.count()
                    + " layers and '" + sources.getFirst().model() + "' with " + first.count()
                    + ", expected as many; give both a layer_range of one length under 'slices'.");
        }
    }
}
