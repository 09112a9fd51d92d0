package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.Match;
import org.thalweg.matching.Matcher;
import org.thalweg.matching.SoftOrders;
import org.thalweg.matching.SpaceMatch;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.MatrixAction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns B to A so that the loss on the straight line between them is small (arXiv 2506.22712, section 3.3 and
 * Algorithm 1): an alignment found otherwise is corrected in every space by gradients. Orders are learned straight
 * through, rotations as polar factors or exponentials. Examples for this are training data; a share of them is held
 * out and decides which alignment is kept, so that what comes out is never worse on these than the start. Both models,
 * moved B and the gradients of one batch are in memory, in float32. Deterministic on one machine with one number of
 * threads.
 *
 * @param network runs both models
 * @param examples to learn from
 * @param start finds the alignment from which learning starts
 * @param settings what is learned and how
 * @param running where it learns, and keeps its state
 */
public record LearnedMatcher(
        Network network, Examples examples, Matcher start, LearnedMatchSettings settings, Running running)
        implements Matcher {
    private static final String BY = "learned";
    private static final Learning.Looks LOOKS = new Learning.Looks(
            List.of(new double[] {0.75, 0.25}, new double[] {0.5, 0.5}, new double[] {0.25, 0.75}),
            "the mean of t = 0.25, 0.5 and 0.75");

    /** On the CPU, keeping no state. */
    public LearnedMatcher(Network network, Examples examples, Matcher start, LearnedMatchSettings settings) {
        this(network, examples, start, settings, Running.USUAL);
    }

    /**
     * What was learned.
     *
     * @param start the alignment before
     * @param match the whole alignment, start included
     * @param matrices act after the start as the learned matrices do, which for soft orders are no alignment; float32,
     *     in the scope of the caller
     * @param history held-out loss by step
     * @param note for people, when learning ended otherwise than planned
     */
    public record Learned(
            Alignment start, Match match, MatrixAction matrices, List<Progress> history, Optional<String> note) {
        /** Copies the list. */
        public Learned {
            history = List.copyOf(history);
        }
    }

    @Override
    public Match match(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        try (Scope scope = Scope.open()) {
            return learn(architecture, reference, model, observer).match();
        }
    }

    /**
     * Learns.
     *
     * @param architecture of both models
     * @param reference A; not changed
     * @param model B; not changed
     * @param observer watches
     * @return what was learned; its tensors belong to the current scope
     * @throws WorkFailure when the loss of the start is no number
     * @throws Stopped when the observer asked for it and the state is kept; it is saved first
     * @throws WrongUse when nothing can be learned in the architecture, or there are fewer than two examples
     */
    public Learned learn(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        LatentSpaces spaces = LatentSpaces.required(architecture, settings);
        Learning.requireEnough(examples);
        Match started = start.match(architecture, reference, model, observer);
        Learning.Models ends = new Learning.Models(
                List.of(Learning.loaded(network, architecture, reference),
                        Learning.loaded(network, architecture, name -> started.alignment().exact(name, model))),
                settings.bothEnds() ? List.of(1, 0) : List.of(1), LOOKS);
        Learning.Learned learned = Learning.on(running, architecture, ends,
                new Learning.Task(network, examples, settings), observer);
        Alignment correction = correction(spaces, learned);
        Alignment whole = correction.compose(started.alignment());
        Map<String, Tensor> matrices = new LinkedHashMap<>();
        spaces.at(learned.numbers().getFirst()).forEach((space, point) ->
                matrices.put(space, point.matrix().to(DType.FLOAT32)));
        return new Learned(started.alignment(),
                new Match(whole, findings(started, whole, spaces.latents().keySet()), started.objectives(),
                        notes(started, learned), soft(started, spaces, learned)),
                new MatrixAction(architecture, matrices), learned.history(), learned.note());
    }

    private Optional<SoftOrders> soft(Match started, LatentSpaces spaces, Learning.Learned learned) {
        if (settings.latents().softRounds() == 0) {
            return Optional.empty();
        }
        Map<String, double[]> matrices = new LinkedHashMap<>();
        spaces.at(learned.numbers().getFirst()).forEach((space, point) ->
                matrices.put(space, point.matrix().contiguous().toDoubles()));
        return Optional.of(new SoftOrders(started.alignment(), matrices));
    }

    private static List<String> notes(Match started, Learning.Learned learned) {
        return Stream.concat(started.notes().stream(), learned.notes(LOOKS).stream()).toList();
    }

    /** What acts on B; where A moves too, the way from moved A back to A follows. */
    private static Alignment correction(LatentSpaces spaces, Learning.Learned learned) {
        Alignment ofModel = spaces.alignment(learned.numbers().getFirst());
        return learned.numbers().size() > 1
                ? spaces.alignment(learned.numbers().getLast()).inverse().compose(ofModel) : ofModel;
    }

    private static List<SpaceMatch> findings(Match started, Alignment whole, Set<String> learned) {
        List<SpaceMatch> findings = new ArrayList<>();
        started.spaces().forEach(found -> findings.add(learned.contains(found.space())
                ? new SpaceMatch(found.space(), found.group(), whole.element(found.space()).moved(),
                        OptionalDouble.empty(), OptionalDouble.empty(), BY)
                : found));
        return findings;
    }
}
