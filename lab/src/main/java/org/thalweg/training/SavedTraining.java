package org.thalweg.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;

/**
 * Where a training was when its state was saved.
 *
 * @param step steps finished
 * @param lossOfEpoch sum of the losses of the unfinished epoch, weighted by examples
 * @param best which of the models so far answers held-out examples best, where that is watched
 */
record SavedTraining(long step, double lossOfEpoch, Optional<TrainingOutcome.Best> best) {
    private static final String STEP = "step";
    private static final String LOSS_OF_EPOCH = "loss_of_epoch";
    private static final String BEST_LOSS = "best_loss";
    private static final String BEST_STEP = "best_step";

    /** The place of a training whose best model so far is kept. */
    static SavedTraining at(long step, double lossOfEpoch, Optional<BestSoFar> best) {
        return new SavedTraining(step, lossOfEpoch,
                best.map(kept -> new TrainingOutcome.Best(kept.step(), kept.loss())));
    }

    /** Saves it with the trained tensors, the best ones and what the optimiser remembers. */
    void save(Snapshots snapshots, Optional<BestSoFar> kept, Parameters leaves, Optimiser optimiser) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(STEP, Long.toString(step));
        metadata.put(LOSS_OF_EPOCH, Double.toHexString(lossOfEpoch));
        best.ifPresent(which -> {
            metadata.put(BEST_LOSS, Double.toHexString(which.loss()));
            metadata.put(BEST_STEP, Long.toString(which.step()));
        });
        snapshots.save(metadata, kept.map(weights -> leaves.with(weights.named())).orElse(leaves), optimiser);
    }

    /**
     * What was saved, when it is there and whole.
     *
     * @param snapshots where
     * @param steps of the whole training; a snapshot cannot be beyond them
     * @param monitor warned of a damaged snapshot
     * @return the state to go on from
     */
    static Optional<SavedTraining> find(Snapshots snapshots, long steps, Monitor monitor) {
        return snapshots.find("training", metadata -> read(metadata, steps), monitor::warned);
    }

    private static SavedTraining read(Map<String, String> metadata, long steps) {
        String step = metadata.getOrDefault(STEP, "missing");
        String loss = metadata.getOrDefault(LOSS_OF_EPOCH, "missing");
        try {
            Optional<TrainingOutcome.Best> best = !metadata.containsKey(BEST_LOSS) ? Optional.empty()
                    : Optional.of(new TrainingOutcome.Best(
                            Long.parseLong(metadata.getOrDefault(BEST_STEP, "missing")),
                            Double.parseDouble(metadata.get(BEST_LOSS))));
            SavedTraining found = new SavedTraining(Long.parseLong(step), Double.parseDouble(loss), best);
            if (found.step() >= 0 && found.step() <= steps && Double.isFinite(found.lossOfEpoch())) {
                return found;
            }
        } catch (NumberFormatException notNumbers) {
            // Told below, as numbers out of range are.
        }
        throw new WorkFailure("its metadata " + STEP + " and " + LOSS_OF_EPOCH + " do not say where in the " + steps
                + " steps it was taken");
    }

    /** Copies the saved weights into the leaves and the best ones, and takes up the optimiser's state. */
    void restore(Snapshots snapshots, Optional<BestSoFar> kept, Parameters leaves, Optimiser optimiser) {
        snapshots.restore(tensors -> {
            leaves.asMap().forEach((name, leaf) -> leaf.copyInPlace(tensors.read(name)));
            kept.ifPresent(weights -> best.ifPresent(state -> weights.restore(state, tensors::read)));
        }, optimiser);
    }
}
