package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Stopped;
import org.thalweg.network.Network;
import org.thalweg.storage.Digest;
import org.thalweg.symmetry.MatrixAction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * One run of learning. The loss on the straight line between A and moved B is differentiated with respect to the
 * matrices that move B, and from there each space's {@link Latent} takes the gradient to its own numbers.
 */
final class Learning {
    private static final List<Double> MEASURED_AT = List.of(0.25, 0.5, 0.75);
    private static final int HELD_OUT_BATCH = 64;
    private static final String BEST = "best.";

    private final Network network;
    private final Examples examples;
    private final LearnedMatchSettings settings;
    private final LatentSpaces spaces;
    private final Ends ends;

    /**
     * The two models, in float32.
     *
     * @param reference A
     * @param model B as the start has aligned it
     */
    record Ends(Parameters reference, Parameters model) {
        Ends to(Device device) {
            return new Ends(reference.to(device), model.to(device));
        }
    }

    /**
     * What was learned.
     *
     * @param ofModel numbers of B's spaces
     * @param ofReference numbers of A's spaces, where both ends move
     * @param history of the progress
     * @param note for people, when learning ended otherwise than planned
     */
    record Learned(
            Parameters ofModel, Optional<Parameters> ofReference, List<Progress> history, Optional<String> note) {
        Learned to(Device device) {
            return new Learned(
                    ofModel.to(device), ofReference.map(numbers -> numbers.to(device)), history, note);
        }
    }

    Learning(Network network, Examples examples, LearnedMatchSettings settings, LatentSpaces spaces, Ends ends) {
        this.network = network;
        this.examples = examples;
        this.settings = settings;
        this.spaces = spaces;
        this.ends = ends;
    }

    /** What learning has so far. */
    private final class State {
        private final List<Parameters> leaves = new ArrayList<>();
        private final List<Progress> history = new ArrayList<>();
        private List<Parameters> best = List.of();
        private double least = Double.POSITIVE_INFINITY;
        private int without;
        private Optional<String> note = Optional.empty();

        State() {
            leaves.add(Gradients.leaves(spaces.start(settings.seed())));
            if (settings.bothEnds()) {
                leaves.add(Gradients.leaves(spaces.start(Random.childSeed(settings.seed(), "other end"))));
            }
        }

        /** All leaves under names of their own. */
        Parameters all() {
            return named("", leaves);
        }

        private static Parameters named(String prefix, List<Parameters> ends) {
            Map<String, Tensor> named = new LinkedHashMap<>();
            for (int end = 0; end < ends.size(); end++) {
                String number = prefix + end + ".";
                ends.get(end).asMap().forEach((space, tensor) -> named.put(number + space, tensor));
            }
            return Parameters.of(named);
        }

        void save(Kept kept, int step) {
            kept.place().save(new SavedLearning(kept.origin(), step, without, history).metadata(),
                    all().with(named(BEST, best)), kept.optimiser());
        }

        /** Takes up what was saved. */
        void restore(SavedLearning saved, Kept kept) {
            history.addAll(saved.history());
            without = saved.without();
            best = leaves.stream().map(Learning::copied).toList();
            least = history.stream().mapToDouble(Progress::loss).filter(Double::isFinite).min()
                    .orElse(Double.POSITIVE_INFINITY);
            kept.place().restore(tensors -> {
                all().asMap().forEach((name, leaf) -> leaf.copyInPlace(tensors.read(name)));
                named(BEST, best).asMap().forEach((name, tensor) -> tensor.copyInPlace(tensors.read(name)));
            }, kept.optimiser());
        }
    }

    /**
     * Where the state is kept.
     *
     * @param place of the snapshot
     * @param origin of what is learned
     * @param optimiser whose state belongs to it
     */
    private record Kept(Snapshots place, Digest origin, Optimiser optimiser) {}

    /**
     * Learns, from where an earlier run stopped.
     *
     * @param snapshots where the state is kept meanwhile, if anywhere
     * @param observer watches
     */
    Learned run(Optional<Snapshots> snapshots, WorkObserver observer) {
        int heldOut = Math.clamp((int) (examples.size() * settings.stopping().heldOut()), 1,
                Math.min(settings.stopping().mostHeldOut(), examples.size()));
        int[] learned = IntStream.range(0, Math.max(1, examples.size() - heldOut)).toArray();
        int[] measured = IntStream.range(examples.size() - heldOut, examples.size()).toArray();
        State state = new State();
        observer.began(WorkObserver.LEARNING, settings.steps().count());
        try (Optimiser optimiser = new Optimiser(
                new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, settings.steps().weightDecay()), state.all())) {
            Optional<Kept> kept = snapshots.map(place -> new Kept(
                    place, new Origin(settings, spaces, ends, examples).digest(), optimiser));
            Optional<SavedLearning> saved = kept.flatMap(place -> SavedLearning.find(
                    place.place(), place.origin(), settings.steps().count(), observer));
            saved.ifPresentOrElse(found -> state.restore(found, kept.orElseThrow()),
                    () -> progress(state, measured, 0));
            loop(new Run(state, optimiser, new Batches(learned), measured, kept),
                    saved.map(SavedLearning::step).orElse(0), observer);
        }
        return new Learned(state.best.getFirst(),
                settings.bothEnds() ? Optional.of(state.best.getLast()) : Optional.empty(),
                state.history, state.note);
    }

    /** Examples in an order of chance, all of them before any comes again. */
    private final class Batches {
        private final int[] from;
        private final Random random = Random.seeded(Random.childSeed(settings.seed(), "batches"));
        private int[] order = new int[0];
        private int next;

        Batches(int[] from) {
            this.from = from;
        }

        int[] next() {
            if (next >= order.length) {
                order = random.permutation(from.length);
                next = 0;
            }
            int end = Math.min(order.length, next + settings.steps().batch());
            int[] batch = Arrays.stream(order, next, end).map(index -> from[index]).toArray();
            next = end;
            return batch;
        }
    }

    /** What the loop works on. */
    private record Run(State state, Optimiser optimiser, Batches batches, int[] measured, Optional<Kept> kept) {}

    private void loop(Run run, int first, WorkObserver observer) {
        State state = run.state();
        LearnedMatchSettings.Steps steps = settings.steps();
        Schedule schedule = new Schedule(Schedule.Shape.COSINE, steps.learningRate(), steps.warmup());
        Random places = Random.seeded(Random.childSeed(settings.seed(), "places"));
        for (int step = 1; step <= first; step++) {
            // What was drawn for steps that an earlier run took.
            run.batches().next();
            settings.sampler().draw(places);
        }
        observer.reached(first);
        long saved = System.nanoTime();
        for (int step = first + 1; step <= steps.count(); step++) {
            double rate = schedule.at(step - 1L, steps.count());
            double loss = step(
                    state, run.optimiser(), run.batches().next(), new Place(settings.sampler().draw(places), rate));
            if (!Double.isFinite(loss)) {
                state.note = Optional.of("the loss was no number at step " + step
                        + "; the best alignment so far is kept, a smaller learning rate may help");
                return;
            }
            if (step % settings.stopping().every() == 0 || step == steps.count()) {
                progress(state, run.measured(), step);
                if (state.without >= settings.stopping().patience()) {
                    state.note = Optional.of("learning ended at step " + step + " of " + steps.count()
                            + ", since held-out examples show no progress any more");
                    return;
                }
            }
            saved = saved(run, step, saved, observer);
            observer.reached(step);
        }
    }

    /** Saves when it is time to, or when the work is to stop; gives when it was saved last. */
    private static long saved(Run run, int step, long before, WorkObserver observer) {
        boolean stop = run.kept().isPresent() && observer.stopRequested();
        if (run.kept().filter(kept -> stop || kept.place().isDue(before)).isEmpty()) {
            return before;
        }
        run.state().save(run.kept().orElseThrow(), step);
        if (stop) {
            throw new Stopped();
        }
        return System.nanoTime();
    }

    /**
     * Where a step is taken.
     *
     * @param t on the line
     * @param learningRate of the step
     */
    private record Place(double t, double learningRate) {}

    private double step(State state, Optimiser optimiser, int[] batch, Place place) {
        try (Scope scope = Scope.open()) {
            List<Map<String, Latent.Point>> points = state.leaves.stream().map(spaces::at).toList();
            List<Parameters> matrices = points.stream().map(Learning::matrices).map(Gradients::leaves).toList();
            Tensor logits = network.forward(between(matrices, place.t()), examples.inputs(batch));
            Tensor loss = Functions.crossEntropy(logits, examples.labels(batch));
            double value = loss.item();
            if (Double.isFinite(value)) {
                optimiser.step(pulledBack(points, matrices, loss), place.learningRate());
            }
            return value;
        }
    }

    private static Tensor pulledBack(
            List<Map<String, Latent.Point>> points, List<Parameters> matrices, Tensor loss) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (int end = 0; end < matrices.size(); end++) {
            int number = end;
            matrices.get(end).asMap().forEach((space, matrix) -> all.put(number + "." + space, matrix));
        }
        Parameters gradients = Gradients.of(loss, Parameters.of(all));
        List<Tensor> parts = new ArrayList<>();
        for (int end = 0; end < points.size(); end++) {
            int number = end;
            points.get(end).forEach((space, point) -> parts.add(
                    point.pullBack().apply(gradients.get(number + "." + space).to(DType.FLOAT64))));
        }
        return parts.stream().reduce(Tensor::add).orElseThrow();
    }

    private static Parameters matrices(Map<String, Latent.Point> points) {
        Map<String, Tensor> matrices = new LinkedHashMap<>();
        points.forEach((space, point) -> matrices.put(space, point.matrix().to(DType.FLOAT32)));
        return Parameters.of(matrices);
    }

    /** The model at t between both ends as the matrices move them. */
    private Parameters between(List<Parameters> matrices, double t) {
        Parameters model = moved(matrices.getFirst(), ends.model());
        Parameters reference = matrices.size() > 1 ? moved(matrices.getLast(), ends.reference()) : ends.reference();
        return reference.lerp(model, t);
    }

    private Parameters moved(Parameters matrices, Parameters model) {
        return new MatrixAction(spaces.architecture(), matrices.asMap()).apply(model);
    }

    private void progress(State state, int[] measured, int step) {
        double loss = Gradients.without(() -> heldOut(state, measured));
        state.history.add(new Progress(step, loss));
        if (loss < state.least || state.best.isEmpty()) {
            state.least = Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY;
            state.best = state.leaves.stream().map(Learning::copied).toList();
            state.without = 0;
        } else {
            state.without++;
        }
    }

    private static Parameters copied(Parameters leaves) {
        return leaves.map(leaf -> leaf.detach().copy());
    }

    private double heldOut(State state, int[] measured) {
        try (Scope scope = Scope.open()) {
            List<Parameters> matrices = state.leaves.stream().map(spaces::at).map(Learning::matrices).toList();
            double sum = 0;
            for (double t : MEASURED_AT) {
                Parameters between = between(matrices, t);
                for (int start = 0; start < measured.length; start += HELD_OUT_BATCH) {
                    int[] batch = Arrays.copyOfRange(
                            measured, start, Math.min(measured.length, start + HELD_OUT_BATCH));
                    try (Scope one = Scope.open()) {
                        EvaluationSet set = new EvaluationSet(0, List.of(new EvaluationSet.Batch(
                                examples.inputs(batch), examples.labels(batch))));
                        sum += batch.length * set.score(network, between).loss();
                    }
                }
            }
            return sum / (MEASURED_AT.size() * measured.length);
        }
    }
}
