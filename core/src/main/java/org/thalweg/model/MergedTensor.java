package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.merging.MergeValues;

/**
 * One tensor of a merged model and what it is made of.
 *
 * @param name of the merged model's tensor
 * @param models what is merged, without the base where the method takes one
 * @param base what differences are taken from
 * @param layout type and shape in which it is written
 * @param values of the method's parameters
 */
record MergedTensor(
        String name, List<Part> models, Optional<Part> base, TensorLayout layout, MergeValues values) {
    /** Copies the list. */
    MergedTensor {
        models = List.copyOf(models);
    }

    /**
     * A tensor of a model.
     *
     * @param input number of the model
     * @param tensor its name there
     */
    record Part(int input, String tensor) {}

    /** All that is read. */
    Stream<Part> parts() {
        return Stream.concat(base.stream(), models.stream());
    }
}
