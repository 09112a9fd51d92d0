package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ManyMatcher;
import org.thalweg.matching.UniverseMatcher.Universe;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns many models so that the loss of their weighted means is small (arXiv 2506.22712, section 3.4): alignments
 * found otherwise are corrected for all models together by gradients of the loss at means whose weights are drawn on
 * the simplex. The losses of the models themselves, which the paper subtracts, are the same whatever acts on them and
 * have no gradient. The first model stays unless {@link LearnedMatchSettings#bothEnds} lets it move, and what is
 * returned are ways to it all the same. A share of the examples is held out; the loss on these at the centre of the
 * simplex and in the middle of the edges between neighbours decides which step is kept, so that what comes out is never
 * worse there than the start. All models, all but the first moved, means and gradients are in memory, in float32.
 * Deterministic on one machine with one number of threads.
 *
 * @param network runs all models
 * @param examples to learn from
 * @param start finds the alignments from which learning starts
 * @param settings what is learned and how; the sampler draws weights of all models
 * @param running where it learns, and keeps its state
 */
public record LearnedUniverse(
        Network network, Examples examples, ManyMatcher start, LearnedMatchSettings settings, Running running)
        implements ManyMatcher {
    /**
     * Learns.
     *
     * @throws WorkFailure when the loss of the start is no number
     * @throws Stopped when the observer asked for it and the state is kept; it is saved first
     * @throws WrongUse when nothing can be learned in the architecture, there are fewer than two examples, or the
     *     sampler is for two models and there are more
     */
    @Override
    public Universe match(Architecture architecture, List<TensorReader> models, WorkObserver observer) {
        LatentSpaces spaces = LatentSpaces.required(architecture, settings);
        Learning.requireEnough(examples);
        Universe started = start.match(architecture, models, observer);
        Learning.Looks looks = looks(models.size());
        try (Scope scope = Scope.open()) {
            List<Parameters> aligned = new ArrayList<>();
            for (int model = 0; model < models.size(); model++) {
                Alignment alignment = started.alignments().get(model);
                TensorReader reader = models.get(model);
                aligned.add(Learning.loaded(network, architecture, name -> alignment.exact(name, reader)));
            }
            IntStream others = IntStream.range(1, models.size());
            List<Integer> moving = (settings.bothEnds() ? IntStream.concat(others, IntStream.of(0)) : others)
                    .boxed().toList();
            Learning.Learned learned = Learning.on(running, architecture,
                    new Learning.Models(aligned, moving, looks),
                    new Learning.Task(network, examples, settings), observer);
            return new Universe(corrected(architecture, started, spaces, learned), started.objectives(),
                    Stream.concat(started.notes().stream(), learned.notes(looks).stream()).toList());
        }
    }

    private List<Alignment> corrected(
            Architecture architecture, Universe started, LatentSpaces spaces, Learning.Learned learned) {
        Alignment back = settings.bothEnds() ? spaces.alignment(learned.numbers().getLast()).inverse()
                : architecture.identity();
        List<Alignment> all = new ArrayList<>(List.of(architecture.identity()));
        for (int model = 1; model < started.alignments().size(); model++) {
            Alignment correction = spaces.alignment(learned.numbers().get(model - 1));
            all.add(back.compose(correction).compose(started.alignments().get(model)));
        }
        return all;
    }

    /** The centre, and of more than two models the middle of each edge from one to the next. */
    private static Learning.Looks looks(int models) {
        double[] centre = new double[models];
        Arrays.fill(centre, 1.0 / models);
        List<double[]> weights = new ArrayList<>(List.of(centre));
        for (int model = 0; models > 2 && model < models; model++) {
            double[] middle = new double[models];
            middle[model] = 0.5;
            middle[(model + 1) % models] = 0.5;
            weights.add(middle);
        }
        return new Learning.Looks(weights, "the mean of the centre of the simplex"
                + (models > 2 ? " and the middles of the edges from each model to the next" : ""));
    }
}
