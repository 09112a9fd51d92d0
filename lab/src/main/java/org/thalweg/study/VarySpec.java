package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.thalweg.results.Analysis;

/**
 * Keys of a study of Transformers that are given other values, one at a time: for each value the study is made once
 * more.
 *
 * @param residual values of {@code model.residual}; {@code model.feed_forward} changes in proportion
 * @param layers values of {@code model.layers}
 * @param weightDecay values of {@code training.weight_decay}
 * @param epochs values of {@code training.epochs}
 */
public record VarySpec(
        Optional<List<Integer>> residual,
        Optional<List<Integer>> layers,
        Optional<List<Double>> weightDecay,
        Optional<List<Integer>> epochs) {
    /** Refuses a section without keys, and lists without values or with one twice. */
    public VarySpec {
        residual = residual.map(List::copyOf);
        layers = layers.map(List::copyOf);
        weightDecay = weightDecay.map(List::copyOf);
        epochs = epochs.map(List::copyOf);
        require(residual.isPresent() || layers.isPresent() || weightDecay.isPresent() || epochs.isPresent(), "vary",
                "one key of residual, layers, weight_decay, epochs or several", "without keys");
        requireDifferent(residual, "residual");
        requireDifferent(layers, "layers");
        requireDifferent(weightDecay, "weight_decay");
        requireDifferent(epochs, "epochs");
    }

    private static <T> void requireDifferent(Optional<List<T>> values, String key) {
        values.ifPresent(list -> require(!list.isEmpty() && new LinkedHashSet<>(list).size() == list.size(),
                "vary." + key, "a list of different values", list));
    }

    /**
     * One value of one key.
     *
     * @param analysis to which the value belongs, named like the key
     * @param section of the file in which the key stands
     * @param value a number
     */
    record Change(Analysis analysis, String section, Number value) {
        String key() {
            return analysis.setting();
        }
    }

    /** All values of all keys. */
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        residual.ifPresent(list -> add(changes, Analysis.VARY_RESIDUAL, "model", list));
        layers.ifPresent(list -> add(changes, Analysis.VARY_LAYERS, "model", list));
        weightDecay.ifPresent(list -> add(changes, Analysis.VARY_WEIGHT_DECAY, "training", list));
        epochs.ifPresent(list -> add(changes, Analysis.VARY_EPOCHS, "training", list));
        return changes;
    }

    private static void add(List<Change> changes, Analysis analysis, String section, List<? extends Number> values) {
        values.forEach(value -> changes.add(new Change(analysis, section, value)));
    }
}
