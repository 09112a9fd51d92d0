package org.thalweg.matching.learned;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;
import org.thalweg.storage.Digest;
import org.thalweg.symmetry.Architecture;
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
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * One run of learning. The loss of a weighted mean of moved models is differentiated with respect to the matrices that
 * move them, and from there each space's {@link Latent} takes the gradient to its own numbers.
 */
final class Learning {
    private static final int HELD_OUT_BATCH = 64;
    private static final String BEST = "best.";

    private final Network network;
    private final Examples examples;
    private final LearnedMatchSettings settings;
    private final LatentSpaces spaces;
    private final Models models;

    /**
     * The models between which the loss is to be small, in float32, as the start has aligned them.
     *
     * @param tensors of each model
     * @param moving numbers of the models that are moved, each once
     * @param looks where progress is measured
     */
    record Models(List<Parameters> tensors, List<Integer> moving, Looks looks) {
        /** Copies the lists. */
        Models {
            tensors = List.copyOf(tensors);
            moving = List.copyOf(moving);
        }

        Models to(Device device) {
            return new Models(tensors.stream().map(model -> model.to(device)).toList(), moving, looks);
        }
    }

    /**
     * Means of the models whose loss on held-out examples is the measure of progress.
     *
     * @param weights of each mean, one for each model
     * @param words what these means are, for people
     */
    record Looks(List<double[]> weights, String words) {
        /** Copies the list. */
        Looks {
            weights = List.copyOf(weights);
        }
    }

    /**
     * What was learned.
     *
     * @param numbers of the spaces of each model that is moved
     * @param history of the progress
     * @param note for people, when learning ended otherwise than planned
     */
    record Learned(List<Parameters> numbers, List<Progress> history, Optional<String> note) {
        /** Copies the lists. */
        Learned {
            numbers = List.copyOf(numbers);
            history = List.copyOf(history);
        }

        Learned to(Device device) {
            return new Learned(numbers.stream().map(of -> of.to(device)).toList(), history, note);
        }

        /** For people: how far held-out examples came, and how learning ended. */
        List<String> notes(Looks looks) {
            double least = history.stream().mapToDouble(Progress::loss).min().orElseThrow();
            return Stream.concat(
                    Stream.of(String.format(Locale.ROOT, "learning lowered the loss on held-out examples, %s, from "
                            + "%.6f to %.6f", looks.words, history.getFirst().loss(), least)),
                    note.stream()).toList();
        }
    }

    /**
     * What is learned from.
     *
     * @param network runs all models
     * @param examples to learn from and to measure by
     * @param settings what is learned and how
     */
    record Task(Network network, Examples examples, LearnedMatchSettings settings) {}

    Learning(Task task, LatentSpaces spaces, Models models) {
        this.network = task.network;
        this.examples = task.examples;
        this.settings = task.settings;
        this.spaces = spaces;
        this.models = models;
    }

    /** Learns where it is to run; what is learned is on the CPU. */
    static Learned on(Running running, Architecture architecture, Models models, Task task, WorkObserver observer) {
        // Spaces hold matrices, which are to be where the models are.
        return running.device().call(() -> new Learning(
                task, LatentSpaces.of(architecture, task.settings), models.to(running.device()))
                .run(running.snapshots(), observer)).to(Device.CPU);
    }

    /** Refuses fewer examples than learning needs, one to learn from and one to measure by. */
    static void requireEnough(Examples examples) {
        if (examples.size() < 2) {
            throw new WrongUse("examples are " + examples.size() + ", expected at least 2 to learn from.");
        }
    }

    /** A model as it is learned with: the network's tensors that the architecture knows, in float32. */
    static Parameters loaded(Network network, Architecture architecture, TensorReader reader) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        network.tensors().keySet().stream().filter(architecture.tensors()::containsKey).forEach(name -> {
            try (Scope scope = Scope.open()) {
                tensors.put(name, scope.keep(reader.read(name).to(DType.FLOAT32).copy()));
            }
        });
        return Parameters.of(tensors);
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
            for (int end = 0; end < models.moving.size(); end++) {
                leaves.add(Gradients.leaves(spaces.start(seed(end))));
            }
        }

        /** Of the start of a model that is moved. */
        private long seed(int end) {
            return end == 0 ? settings.seed()
                    : Random.childSeed(settings.seed(), end == 1 ? "other end" : "end " + end);
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
                    place, new Origin(settings, spaces, models.tensors, examples).digest(), optimiser));
            Optional<SavedLearning> saved = kept.flatMap(place -> SavedLearning.find(
                    place.place(), place.origin(), settings.steps().count(), observer));
            saved.ifPresentOrElse(found -> state.restore(found, kept.orElseThrow()),
                    () -> progress(state, measured, 0));
            loop(new Run(state, optimiser, batches(learned), measured, kept),
                    saved.map(SavedLearning::step).orElse(0), observer);
        }
        if (state.history.stream().noneMatch(progress -> Double.isFinite(progress.loss()))) {
            throw new WorkFailure("the loss between the models is no number at the start of learning; check each model "
                    + "on these data.");
        }
        return new Learned(state.best, state.history, state.note);
    }

    private Batches batches(int[] from) {
        return new Batches(from, settings.steps().batch(), Random.childSeed(settings.seed(), "batches"));
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
            settings.sampler().draw(places, models.tensors.size());
        }
        observer.reached(first);
        long saved = System.nanoTime();
        for (int step = first + 1; step <= steps.count(); step++) {
            double rate = schedule.at(step - 1L, steps.count());
            double loss = step(state, run.optimiser(), run.batches().next(), new Place(
                    settings.sampler().draw(places, models.tensors.size()), rate));
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
     * @param weights of the models
     * @param learningRate of the step
     */
    private record Place(double[] weights, double learningRate) {}

    private double step(State state, Optimiser optimiser, int[] batch, Place place) {
        try (Scope scope = Scope.open()) {
            List<Map<String, Latent.Point>> points = state.leaves.stream().map(spaces::at).toList();
            List<Parameters> matrices = points.stream().map(Learning::matrices).map(Gradients::leaves).toList();
            Tensor logits = network.forward(mean(matrices, place.weights()), examples.inputs(batch));
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

    /** The weighted mean of the models, of which some are moved by matrices. */
    private Parameters mean(List<Parameters> matrices, double[] weights) {
        List<Parameters> all = new ArrayList<>(models.tensors);
        for (int end = 0; end < matrices.size(); end++) {
            int model = models.moving.get(end);
            all.set(model, moved(matrices.get(end), all.get(model)));
        }
        Parameters mean = all.getFirst();
        double sum = weights[0];
        for (int model = 1; model < all.size(); model++) {
            sum += weights[model];
            mean = mean.lerp(all.get(model), sum == 0 ? 0 : weights[model] / sum);
        }
        return mean;
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
            for (double[] weights : models.looks.weights) {
                Parameters mean = mean(matrices, weights);
                for (int start = 0; start < measured.length; start += HELD_OUT_BATCH) {
                    int end = Math.min(measured.length, start + HELD_OUT_BATCH);
                    int[] batch = Arrays.copyOfRange(measured, start, end);
                    try (Scope one = Scope.open()) {
                        EvaluationSet set = new EvaluationSet(0, List.of(new EvaluationSet.Batch(
                                examples.inputs(batch), examples.labels(batch))));
                        sum += batch.length * set.score(network, mean).loss();
                    }
                }
            }
            return sum / (models.looks.weights.size() * measured.length);
        }
    }
}
