package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Matches two models from every start, polishes each result, and keeps the one closest in the raw weights. */
final class StartedMatching {
    private final SpaceTree tree;
    private final WeightMatchSettings settings;
    private final WorkObserver observer;
    private final List<Objective> objectives = new ArrayList<>();

    /**
     * What one start came to.
     *
     * @param alignment moves B to A
     * @param spaces what was found
     * @param distance squared, of the raw weights
     */
    private record Reached(Alignment alignment, List<SpaceMatch> spaces, double distance) {}

    StartedMatching(Architecture architecture, WeightMatchSettings settings, WorkObserver observer) {
        this.tree = new SpaceTree(architecture);
        this.settings = settings;
        this.observer = observer;
    }

    /** The best of all starts. */
    Match match(TensorReader reference, TensorReader model) {
        Optional<Reached> best = Optional.empty();
        for (int number = 0; number < settings.starts().count(); number++) {
            Reached next = reached(new Start(number, settings.starts().seed()), reference, model);
            if (best.isEmpty() || next.distance() < best.get().distance()) {
                best = Optional.of(next);
            }
        }
        Reached found = best.orElseThrow();
        return new Match(found.alignment(), found.spaces(), objectives);
    }

    private Reached reached(Start start, TensorReader reference, TensorReader model) {
        ModelMatcher matcher = new ModelMatcher(tree, settings, start, observer);
        Alignment whole = matcher.match(reference, model);
        objectives.addAll(matcher.objectives());
        TensorReader counted = counted("choosing scales", model);
        Alignment chosen = switch (settings.gauge()) {
            case BALANCED -> new GaugeChoice(tree, reference, counted).choose(whole);
            case BALANCED_DISCRETE, AS_TRAINED -> GaugeChoice.discrete(tree, whole);
        };
        RawDistance raw = new RawDistance(tree, reference, model);
        double distance = switch (settings.gauge()) {
            case BALANCED -> raw.squared(chosen);
            case BALANCED_DISCRETE, AS_TRAINED -> matcher.distance();
        };
        note(start, Objective.Stage.GAUGE, 1, distance);
        if (settings.starts().polish() != Polishing.NONE) {
            Polish polish = new Polish(raw, settings, matcher.hasMatchedStream());
            Polish.Polished polished = polish.from(chosen, distance);
            for (int sweep = 0; sweep < polished.distances().size(); sweep++) {
                note(start, Objective.Stage.POLISH, sweep + 1, polished.distances().get(sweep));
                distance = polished.distances().get(sweep);
            }
            chosen = polished.alignment();
        }
        return new Reached(chosen, matcher.findings(chosen), distance);
    }

    private TensorReader counted(String work, TensorReader tensors) {
        return new CountedReads(work, tree.architecture().tensors().size(), observer).of(tensors);
    }

    private void note(Start start, Objective.Stage stage, int iteration, double distance) {
        objectives.add(new Objective(start.number() + 1, stage, iteration, OptionalDouble.empty(), distance));
    }
}
