package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.merging.MergeValues;
import org.thalweg.merging.config.LayerPosition;
import org.thalweg.merging.config.LayerRange;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.OutputSlice;
import org.thalweg.merging.config.ParameterValues;

/**
 * Consecutive layers of a merged model and what they are made of.
 *
 * @param first number of its first layer in the merged model
 * @param layers how many there are
 * @param models what is merged, without the base where the method takes one
 * @param base what differences are taken from
 * @param values of the method's parameters
 */
record MergeSlice(int first, int layers, List<Source> models, Optional<Source> base, ParameterValues values) {
    /** Copies the list. */
    MergeSlice {
        models = List.copyOf(models);
    }

    /**
     * Layers of a model.
     *
     * @param input number of the model
     * @param from its first layer
     */
    record Source(int input, int from) {
        MergedTensor.Part part(String tensor, int layer) {
            return new MergedTensor.Part(input, LayerName.of(tensor).orElseThrow().in(from + layer));
        }
    }

    /**
     * The slices of a configuration.
     *
     * @param inputs all models that it names
     */
    static List<MergeSlice> of(MergeConfiguration configuration, List<MergeInput> inputs) {
        List<String> names = inputs.stream().map(MergeInput::name).toList();
        List<MergeSlice> slices = new ArrayList<>();
        int first = 0;
        for (OutputSlice slice : configuration.slices()) {
            List<LayerRange> ranges = slice.layers(name -> layers(inputs, names.indexOf(name)));
            List<Source> models = IntStream.range(0, ranges.size())
                    .mapToObj(i -> source(names, slice.sources().get(i).model(), ranges.get(i)))
                    .toList();
            Optional<Source> base = slice.layersOfBase(name -> layers(inputs, names.indexOf(name)))
                    .map(range -> source(names, slice.base().orElseThrow().model(), range));
            slices.add(new MergeSlice(
                    first, ranges.getFirst().count(), models, base, configuration.values(slice)));
            first += ranges.getFirst().count();
        }
        return slices;
    }

    /** A model without numbered layers counts as one. */
    private static int layers(List<MergeInput> inputs, int model) {
        return Math.max(1, inputs.get(model).layers());
    }

    private static Source source(List<String> names, String model, LayerRange range) {
        return new Source(names.indexOf(model), range.from());
    }

    /** The model whose tensors the merged ones are named after. */
    Source leading() {
        return base.orElseGet(models::getFirst);
    }

    /** The parameters' values for a tensor outside the layers. */
    MergeValues outside(String tensor) {
        return values.at(tensor, LayerPosition.outsideLayers());
    }

    /** The parameters' values for a tensor of a layer, by the leading model's name of it in the files. */
    MergeValues within(String tensor, int layer) {
        LayerName name = LayerName.of(tensor).orElseThrow();
        return values.at(name.in(first + layer),
                models.stream().map(source -> name.in(source.from() + layer)).toList(),
                LayerPosition.layer(layer, layers));
    }
}
