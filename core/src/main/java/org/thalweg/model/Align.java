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
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.Match;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatcher;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.WorkObserver;

/**
 * Moves a model B along its symmetries as close to a model A as their weights allow, checks that it still is the same
 * function, and writes it. The same models and settings give the same bytes on one machine.
 *
 * @param matching what is matched and how
 * @param checking how the function is compared
 * @param memoryLimit bytes that may be taken, mapped files included; {@link MemoryPlan} says how many are
 */
public record Align(WeightMatchSettings matching, Checking checking, long memoryLimit) {
    /** Allows the memory of this machine. */
    public Align(WeightMatchSettings matching, Checking checking) {
        this(matching, checking, MemoryPlan.ofMachine());
    }

    /**
     * What was done.
     *
     * @param match the alignment, and what was found in each space
     * @param layers distances before and after
     * @param checked of the written weights; nothing when the network is not built in
     * @param differences fields of the configurations in which the two networks differ, as {@code name: A's, B's}
     * @param memory what it was allowed to take
     */
    public record Done(
            Match match,
            List<LayerDistance> layers,
            Optional<Checking.Checked> checked,
            List<String> differences,
            MemoryPlan memory) {
        /** Copies the lists. */
        public Done {
            layers = List.copyOf(layers);
            differences = List.copyOf(differences);
        }
    }

    /**
     * Aligns and writes: B's names, shapes, types, configuration, companion files and division among files, the element
     * in {@link Scramble#ALIGNMENT}. Matching, measuring, writing and the check hold single tensors, as
     * {@link FunctionComparison} says.
     *
     * @param reference A; not changed
     * @param model B; its files are not changed
     * @param output where and whether an existing directory is replaced
     * @param observer watches
     * @return what was done
     * @throws WrongUse when writing would delete A or B
     * @throws WorkFailure when the two cannot be aligned or would take more memory than allowed, weights are not
     *     finite, the moved model is not the same function, or the disk refuses; then nothing is left
     */
    public Done write(ModelDirectory reference, ModelDirectory model, Output output, WorkObserver observer) {
        boolean isOneFolded = !reference.architecture().equals(model.architecture())
                && reference.unfolded().equals(model.unfolded());
        return isOneFolded
                ? writeAlike(reference.withFreeGains(), model.withFreeGains(), output, observer)
                : writeAlike(reference, model, output, observer);
    }

    private Done writeAlike(ModelDirectory reference, ModelDirectory model, Output output, WorkObserver observer) {
        output.require(model.checkpoint(), reference.checkpoint().directory());
        SameKind.require(reference, model);
        checking.requirePossible(model);
        MemoryPlan plan = MemoryPlan.of(reference, model);
        plan.require(memoryLimit);
        reference.requireFinite(observer);
        model.requireFinite(observer);
        try (CheckpointReader a = reference.reader();
                CheckpointReader b = model.reader()) {
            Matcher matcher = new WeightMatcher(matching);
            Match match = matcher.match(model.architecture(), a, b, observer);
            MovedModel moved = new MovedModel(model, b, match.alignment());
            Optional<Checking.Checked> checked = checking.check(moved, observer);
            List<LayerDistance> layers = LayerDistance.of(weights(reference, model), new LayerDistance.Models(
                    a, b, moved.counting("measuring", moved::stored, observer)));
            moved.write(output, provenance(reference), observer);
            return new Done(match, layers, checked, SameKind.differences(reference, model), plan);
        }
    }

    /** Names of tensors with numbers that are trained, in both models. */
    private static Set<String> weights(ModelDirectory reference, ModelDirectory model) {
        Set<String> names = new LinkedHashSet<>(floating(reference));
        names.removeAll(model.architecture().ignored());
        names.retainAll(floating(model));
        return names;
    }

    private static Set<String> floating(ModelDirectory model) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model.tensors());
        layouts.values().removeIf(layout -> layout.type().dtype().filter(DType::isFloating).isEmpty());
        return layouts.keySet();
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
