package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
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
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Parameters;
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
        LatentSpaces spaces = LatentSpaces.of(architecture, settings);
        if (spaces.latents().isEmpty()) {
            throw new WrongUse("nothing can be learned: the architecture '" + architecture.name()
                    + "' has no space of the parts " + settings.parts() + ".");
        }
        if (examples.size() < 2) {
            throw new WrongUse("examples are " + examples.size() + ", expected at least 2 to learn from.");
        }
        Match started = start.match(architecture, reference, model, observer);
        Learning.Ends ends = new Learning.Ends(
                loaded(architecture, reference), loaded(architecture, name -> started.alignment().exact(name, model)));
        Learning.Learned learned = running.device()
                .call(() -> learned(architecture, ends.to(running.device()), observer)).to(Device.CPU);
        if (learned.history().stream().noneMatch(progress -> Double.isFinite(progress.loss()))) {
            throw new WorkFailure("the loss between the two models is no number at the start of learning; check both "
                    + "models on these data.");
        }
        Alignment correction = correction(spaces, learned);
        Alignment whole = correction.compose(started.alignment());
        Map<String, Tensor> matrices = new LinkedHashMap<>();
        spaces.at(learned.ofModel()).forEach((space, point) ->
                matrices.put(space, point.matrix().to(DType.FLOAT32)));
        return new Learned(started.alignment(),
                new Match(whole, findings(started, whole, spaces.latents().keySet()), started.objectives(),
                        notes(started, learned), soft(started, spaces, learned)),
                new MatrixAction(architecture, matrices), learned.history(), learned.note());
    }

    /** Spaces hold matrices, which are to be where the models are. */
    private Learning.Learned learned(Architecture architecture, Learning.Ends ends, WorkObserver observer) {
        return new Learning(network, examples, settings, LatentSpaces.of(architecture, settings), ends)
                .run(running.snapshots(), observer);
    }

    private Optional<SoftOrders> soft(Match started, LatentSpaces spaces, Learning.Learned learned) {
        if (settings.latents().softRounds() == 0) {
            return Optional.empty();
        }
        Map<String, double[]> matrices = new LinkedHashMap<>();
        spaces.at(learned.ofModel()).forEach((space, point) ->
                matrices.put(space, point.matrix().contiguous().toDoubles()));
        return Optional.of(new SoftOrders(started.alignment(), matrices));
    }

    private static List<String> notes(Match started, Learning.Learned learned) {
        List<String> notes = new ArrayList<>(started.notes());
        double least = learned.history().stream().mapToDouble(Progress::loss).min().orElseThrow();
        notes.add(String.format(Locale.ROOT, "learning lowered the loss on held-out examples, the mean of t = 0.25, "
                + "0.5 and 0.75, from %.6f to %.6f", learned.history().getFirst().loss(), least));
        learned.note().ifPresent(notes::add);
        return notes;
    }

    /** What acts on B; where A moves too, the way from moved A back to A follows. */
    private static Alignment correction(LatentSpaces spaces, Learning.Learned learned) {
        Alignment ofModel = spaces.alignment(learned.ofModel());
        return learned.ofReference()
                .map(numbers -> spaces.alignment(numbers).inverse().compose(ofModel))
                .orElse(ofModel);
    }

    private Parameters loaded(Architecture architecture, TensorReader reader) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        network.tensors().keySet().stream().filter(architecture.tensors()::containsKey).forEach(name -> {
            try (Scope scope = Scope.open()) {
                tensors.put(name, scope.keep(reader.read(name).to(DType.FLOAT32).copy()));
            }
        });
        return Parameters.of(tensors);
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
