package org.thalweg.training;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.Stopped;
import org.thalweg.network.Network;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Trains some of a network's tensors by mini-batches, the others frozen. Stages before the first trained tensor run
 * once for each example, not once for each epoch, where there is room for what they make, and once for each held-out
 * example.
 *
 * <p>Deterministic for a seed and a number of threads: the order of the examples depends on the seed and the epoch
 * only, so a training resumed from a snapshot ends with the same weights as an undisturbed one. Memory does not grow
 * with steps.
 *
 * @param network the network
 * @param examples the training set
 * @param plan how to train
 * @param seed of the order of examples
 * @param stopping held-out examples that choose the model that is kept; without them it is the last one
 * @param room where outputs of frozen stages are kept; whether that is in memory or in a file changes nothing else
 * @param device on which the network runs
 * @param loss what is made small; early stopping goes by the cross-entropy whatever this is
 */
public record Trainer(
        Network network, Examples examples, TrainingPlan plan, long seed, Optional<EarlyStopping> stopping,
        PrefixRoom room, Device device, TrainingLoss loss) {
    /** On the CPU, keeps the last model; outputs of frozen stages take at most 1 GiB of memory. */
    public Trainer(Network network, Examples examples, TrainingPlan plan, long seed) {
        this(network, examples, plan, seed, Optional.empty());
    }

    /** On the CPU; outputs of frozen stages take at most 1 GiB of memory. */
    public Trainer(
            Network network, Examples examples, TrainingPlan plan, long seed, Optional<EarlyStopping> stopping) {
        this(network, examples, plan, seed, stopping, PrefixRoom.usual(), Device.CPU);
    }

    /** By the cross-entropy. */
    public Trainer(
            Network network, Examples examples, TrainingPlan plan, long seed, Optional<EarlyStopping> stopping,
            PrefixRoom room, Device device) {
        this(network, examples, plan, seed, stopping, room, device, TrainingLoss.CROSS_ENTROPY);
    }

    /** The same by another loss. */
    public Trainer with(TrainingLoss other) {
        return new Trainer(network, examples, plan, seed, stopping, room, device, other);
    }

    /**
     * Trains.
     *
     * @param start the model to start from; not changed
     * @param trained which tensors change
     * @param snapshots where the state is kept meanwhile, if anywhere
     * @param monitor who watches; told of a damaged snapshot, which is ignored
     * @return the outcome; its tensors belong to the enclosing scope
     * @throws Stopped when the monitor asked for it; the state is saved first
     */
    public TrainingOutcome train(
            Parameters start, Predicate<String> trained, Optional<Snapshots> snapshots, Monitor monitor) {
        return switch (device.call(() -> trainHere(start.to(device), trained, snapshots, monitor))) {
            case TrainingOutcome.Trained(Parameters model, double loss, Optional<TrainingOutcome.Best> best) ->
                new TrainingOutcome.Trained(model.to(Device.CPU), loss, best);
            case TrainingOutcome.Diverged diverged -> diverged;
        };
    }

    private TrainingOutcome trainHere(
            Parameters start, Predicate<String> trained, Optional<Snapshots> snapshots, Monitor monitor) {
        Parameters leaves = Gradients.leaves(start.filter(trained));
        int from = leaves.names().stream().mapToInt(network::stageOf).min().orElseThrow();
        FrozenStages stages = new FrozenStages(network, start, from);
        try (Optimiser optimiser = new Optimiser(plan.method(), leaves);
                FrozenPrefix train = FrozenPrefix.of(stages, seen(), room, monitor);
                FrozenPrefix heldOut = FrozenPrefix.of(
                        stopping.isPresent() ? stages : stages.none(), heldOut(), room, monitor)) {
            Optional<BestSoFar> best = stopping.map(rule -> new BestSoFar(rule, network, leaves, heldOut));
            return loop(new Run(start.with(leaves), leaves, optimiser, train, from, best), snapshots, monitor);
        }
    }

    private FrozenPrefix.Seen heldOut() {
        Examples some = stopping.map(EarlyStopping::heldOut).orElse(examples);
        return new FrozenPrefix.Seen(_ -> some, 1, "held out");
    }

    private FrozenPrefix.Seen seen() {
        boolean changed = seen(0) != examples;
        return changed
                ? new FrozenPrefix.Seen(this::seen, Math.min(plan.copies(), plan.epochs()), "changed by " + seed)
                : new FrozenPrefix.Seen(_ -> examples, 1, "as they are");
    }

    /** What a training in progress works on. */
    private record Run(
            Parameters model, Parameters leaves, Optimiser optimiser, FrozenPrefix examples, int from,
            Optional<BestSoFar> best) {}

    private TrainingOutcome loop(Run run, Optional<Snapshots> snapshots, Monitor monitor) {
        long perEpoch = plan.stepsPerEpoch(examples.size());
        long steps = plan.steps(examples.size());
        Optional<SavedTraining> found = snapshots.flatMap(kept -> SavedTraining.find(kept, steps, monitor));
        found.ifPresent(state -> state.restore(snapshots.orElseThrow(), run.best, run.leaves, run.optimiser));
        long first = found.map(SavedTraining::step).orElse(0L);
        monitor.resumedAfter(first);
        double lossOfEpoch = found.map(SavedTraining::lossOfEpoch).orElse(0.0);
        int[] order = orderOf(first / perEpoch);
        long saved = System.nanoTime();
        double epochLoss = lossOfEpoch / examples.size();
        for (long step = first; step < steps; step++) {
            if (step % perEpoch == 0) {
                order = orderOf(step / perEpoch);
                lossOfEpoch = 0;
            }
            int[] batch = batchOf(order, (int) (step % perEpoch));
            double loss = step(run, new Batch(batch, step / perEpoch, step), plan.schedule().at(step, steps));
            if (!Double.isFinite(loss)) {
                return new TrainingOutcome.Diverged("its training loss became " + loss + " at step " + (step + 1));
            }
            lossOfEpoch += loss * batch.length;
            epochLoss = lossOfEpoch / Math.min(examples.size(), (step % perEpoch + 1) * plan.batch());
            monitor.stepDone(loss);
            if (look(run, step + 1, steps)) {
                break;
            }
            boolean stop = monitor.stopRequested();
            if (snapshots.isPresent() && (stop || snapshots.get().isDue(saved))) {
                SavedTraining.at(step + 1, lossOfEpoch, run.best)
                        .save(snapshots.get(), run.best, run.leaves, run.optimiser);
                saved = System.nanoTime();
            }
            if (stop) {
                throw new Stopped();
            }
        }
        return judge(run, epochLoss);
    }

    private TrainingOutcome judge(Run run, double epochLoss) {
        if (!run.leaves.isFinite()) {
            return new TrainingOutcome.Diverged("a weight is not a finite number after the last step");
        }
        OptionalDouble blind = loss.ofBlindGuess(examples);
        if (blind.isPresent() && epochLoss > 2 * blind.getAsDouble()) {
            return new TrainingOutcome.Diverged("its training loss ended at " + epochLoss
                    + ", worse than twice a blind guess");
        }
        Parameters kept = run.best.map(best -> run.model.with(best.weights())).orElse(run.model);
        Optional<TrainingOutcome.Best> which =
                run.best.map(best -> new TrainingOutcome.Best(best.step(), best.loss()));
        if (which.filter(best -> !Double.isFinite(best.loss())).isPresent()) {
            return new TrainingOutcome.Diverged("its loss on held-out examples never was a finite number");
        }
        return new TrainingOutcome.Trained(kept.map(Tensor::detach), epochLoss, which);
    }

    /** Looks at the model when it is time to; whether the training is over. */
    private static boolean look(Run run, long after, long steps) {
        return run.best.filter(best -> best.isDue(after, steps)).map(best -> {
            best.look(after, run.model, run.leaves);
            return best.isOver(after);
        }).orElse(false);
    }

    /** Examples of one step, counted from 0. */
    private record Batch(int[] indices, long epoch, long step) {}

    private double step(Run run, Batch batch, double learningRate) {
        try (Scope scope = Scope.open()) {
            Tensor inputs = run.examples.of(batch.indices, batch.epoch);
            Tensor mean = loss.of(new TrainingLoss.Pass(network, run.model, inputs, run.from,
                    examples.labels(batch.indices), batch.step));
            double value = mean.item();
            if (Double.isFinite(value)) {
                run.optimiser.step(mean, learningRate, plan.longestGradient());
            }
            return value;
        }
    }

    /** The examples as an epoch sees them, counted from 0. */
    Examples seen(long epoch) {
        long copy = plan.copies() > 0 ? epoch % plan.copies() : epoch;
        return examples.seenWith(Random.childSeed(seed, "changes of epoch " + copy));
    }

    private int[] orderOf(long epoch) {
        try (Scope scope = Scope.open()) {
            return Random.seeded(Random.childSeed(seed, "epoch " + epoch)).permutation(examples.size());
        }
    }

    private int[] batchOf(int[] order, int number) {
        int start = number * plan.batch();
        return Arrays.copyOfRange(order, start, Math.min(order.length, start + plan.batch()));
    }
}
