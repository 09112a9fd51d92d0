package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Saved checkpoints of two trainings, along which their last models are aligned.
 *
 * @param ofReference of A's training before A, in the order of training
 * @param ofModel of B's training before B, in the order of training
 */
public record EarlierCheckpoints(List<ModelDirectory> ofReference, List<ModelDirectory> ofModel) {
    /** None: A and B are matched to one another. */
    public static final EarlierCheckpoints NONE = new EarlierCheckpoints(List.of(), List.of());

    /** Copies the lists. */
    public EarlierCheckpoints {
        ofReference = List.copyOf(ofReference);
        ofModel = List.copyOf(ofModel);
    }

    boolean isEmpty() {
        return ofReference.isEmpty() && ofModel.isEmpty();
    }

    /** A, then the earlier ones of A, then those of B, then B. */
    List<ModelDirectory> between(ModelDirectory a, ModelDirectory b) {
        List<ModelDirectory> all = new ArrayList<>(List.of(a));
        Stream.concat(ofReference.stream(), ofModel.stream()).forEach(all::add);
        all.add(b);
        return all;
    }
}
