package org.thalweg.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.Match;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.tensor.DType;

/**
 * Carries a model B along its symmetries as close to a model A as their weights tell, proves that it still is the same
 * function, and writes it. The same models and settings give the same bytes on one machine.
 *
 * @param matching what is matched and how
 * @param proving how the function is compared
 */
public record Align(WeightMatchSettings matching, Proving proving) {
    /**
     * What was done.
     *
     * @param match the alignment, and what was found in each space
     * @param layers distances before and after
     * @param proof of the written weights; nothing when the network is not built in
     * @param differences fields of the configurations in which the two networks differ, as {@code name: A's, B's}
     */
    public record Done(
            Match match,
            List<LayerDistance> layers,
            Optional<Proving.Proved> proof,
            List<String> differences) {
        /** Copies the lists. */
        public Done {
            layers = List.copyOf(layers);
            differences = List.copyOf(differences);
        }
    }

    /**
     * Aligns and writes: B's names, shapes, types, configuration, companion files and division among files, the element
     * in {@link Scramble#ALIGNMENT}. Matching, measuring and writing hold single tensors; the proof holds one block of
     * one model in float64, as {@link FunctionComparison} says.
     *
     * @param reference A; not changed
     * @param model B; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when writing would delete A or B
     * @throws WorkFailure when the two cannot be aligned, weights are not finite, the carried model is not proved to be
     *     the same function, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory reference, ModelDirectory model, Output output, WorkObserver observer) {
        boolean isOneFolded = !reference.architecture().equals(model.architecture())
                && reference.unfolded().equals(model.unfolded());
        return isOneFolded
                ? writeAlike(reference.withFreeGains(), model.withFreeGains(), output, observer)
                : writeAlike(reference, model, output, observer);
    }

    private Done writeAlike(ModelDirectory reference, ModelDirectory model, Output output, WorkObserver observer) {
        output.require(reference.checkpoint().directory());
        output.require(model.checkpoint().directory());
        SameKind.require(reference, model);
        proving.requirePossible(model);
        reference.checkpoint().requireFinite();
        model.checkpoint().requireFinite();
        try (CheckpointReader a = reference.checkpoint().reader();
                CheckpointReader b = model.checkpoint().reader()) {
            observer.began("matching", model.architecture().tensors().size());
            Matcher matcher = new WeightMatcher(matching);
            Match match = matcher.match(model.architecture(), a, b, observer::reached);
            CarriedModel carried = new CarriedModel(model, b, match.alignment());
            Optional<Proving.Proved> proof = proving.prove(carried, observer);
            List<LayerDistance> layers = LayerDistance.of(weights(reference, model), new LayerDistance.Models(
                    a, b, carried.counting("measuring", carried::stored, observer)));
            carried.write(output, provenance(reference), observer);
            return new Done(match, layers, proof, SameKind.differences(reference, model));
        }
    }

    /** Names of tensors with numbers that are trained, in both models. */
    private static Set<String> weights(ModelDirectory reference, ModelDirectory model) {
        Set<String> names = new LinkedHashSet<>(reference.checkpoint().tensors().keySet());
        names.removeAll(model.architecture().ignored());
        names.removeIf(name -> !isFloating(reference, name) || !isFloating(model, name));
        return names;
    }

    private static boolean isFloating(ModelDirectory model, String name) {
        return model.checkpoint().tensors().get(name).type().dtype().filter(DType::isFloating).isPresent();
    }

    private Map<String, String> provenance(ModelDirectory reference) {
        Map<String, String> provenance = new LinkedHashMap<>();
        // The name alone: where a directory stands differs between machines and is nobody else's business.
        Path name = reference.checkpoint().directory().toAbsolutePath().normalize().getFileName();
        provenance.put("thalweg.align.reference", String.valueOf(name));
        provenance.put("thalweg.align.method", "weight");
        provenance.put("thalweg.align.order", matching.experts().name().toLowerCase(Locale.ROOT));
        provenance.put("thalweg.align.residual", matching.residual().name().toLowerCase(Locale.ROOT));
        provenance.put("thalweg.align.maps", matching.gauge() == MatchingGauge.BALANCED ? "all" : "discrete");
        return provenance;
    }
}
