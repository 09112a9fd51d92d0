package org.thalweg.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * Where a training in progress keeps its state, so that it can be killed at any moment and go on to the same end,
 * bit for bit. A snapshot is a directory that appears whole; a torn or altered one is named to the user and ignored,
 * and the training starts afresh.
 *
 * @param directory of the one snapshot of this training
 * @param every how long a training runs between two snapshots
 */
public record Snapshots(Path directory, Duration every) {
    private static final String WEIGHTS = "model.safetensors";
    private static final String OPTIMISER = "optimiser.state";
    private static final String SEAL = "seal";
    private static final int SEAL_BYTES = 129;
    private static final String STEP = "step";
    private static final String LOSS_OF_EPOCH = "loss_of_epoch";
    private static final String BEST_LOSS = "best_loss";
    private static final String BEST_STEP = "best_step";

    /**
     * State found.
     *
     * @param step steps finished
     * @param lossOfEpoch sum of the losses of the unfinished epoch, weighted by examples
     * @param best which of the models so far answers held-out examples best, where that is watched
     * @param directory where weights and optimiser are
     */
    record Found(long step, double lossOfEpoch, Optional<TrainingOutcome.Best> best, Path directory) {}

    void save(
            long step, double lossOfEpoch, Optional<BestSoFar> best, Parameters leaves, Optimiser optimiser) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(STEP, Long.toString(step));
        metadata.put(LOSS_OF_EPOCH, Double.toHexString(lossOfEpoch));
        best.ifPresent(kept -> {
            metadata.put(BEST_LOSS, Double.toHexString(kept.loss()));
            metadata.put(BEST_STEP, Long.toString(kept.step()));
        });
        Parameters written = best.map(kept -> leaves.with(kept.named())).orElse(leaves);
        // The earlier snapshot stays until the new one is whole: a kill or a full disk meanwhile costs only the steps
        // since then.
        try (Scope scope = Scope.open()) {
            DurableDirectory.replace(directory, part -> {
                SafetensorsWriter.write(part.resolve(WEIGHTS), metadata, written);
                optimiser.save(part.resolve(OPTIMISER));
                DurableFile.writeText(part.resolve(SEAL), seal(part));
            });
        } catch (UncheckedIOException refused) {
            throw DurableFile.failure(directory, refused.getCause());
        }
    }

    /**
     * The snapshot, when there is a whole one.
     *
     * @param steps of the whole training; a snapshot cannot be beyond them
     * @param monitor warned of a damaged snapshot
     * @return the state to go on from
     */
    Optional<Found> find(long steps, Monitor monitor) {
        if (!Files.exists(directory)) {
            return Optional.empty();
        }
        try {
            return Optional.of(whole(steps));
        } catch (IOException unreadable) {
            monitor.warned(ignored("it cannot be read: " + unreadable.getMessage()));
        } catch (WorkFailure damaged) {
            monitor.warned(ignored(damaged.getMessage()));
        }
        return Optional.empty();
    }

    private String ignored(String why) {
        return "the snapshot " + directory + " of an unfinished training is damaged (" + why.replaceFirst("\\.$", "")
                + ") and is ignored; the training starts afresh.";
    }

    private Found whole(long steps) throws IOException {
        Path seal = directory.resolve(SEAL);
        if (!Files.isRegularFile(seal)) {
            throw new WorkFailure("it has no file " + SEAL);
        }
        // Bytes, and only as many as a seal has: what stands there may be any file.
        if (Files.size(seal) != SEAL_BYTES
                || !new String(InputFile.bytes(seal, SEAL_BYTES), StandardCharsets.ISO_8859_1)
                        .equals(seal(directory))) {
            throw new WorkFailure("its files are not the ones it was sealed with");
        }
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
            return found(file.metadata(), steps);
        }
    }

    private Found found(Map<String, String> metadata, long steps) {
        String step = metadata.getOrDefault(STEP, "missing");
        String loss = metadata.getOrDefault(LOSS_OF_EPOCH, "missing");
        try {
            Optional<TrainingOutcome.Best> best = !metadata.containsKey(BEST_LOSS) ? Optional.empty()
                    : Optional.of(new TrainingOutcome.Best(
                            Long.parseLong(metadata.getOrDefault(BEST_STEP, "missing")),
                            Double.parseDouble(metadata.get(BEST_LOSS))));
            Found found = new Found(Long.parseLong(step), Double.parseDouble(loss), best, directory);
            if (found.step() >= 0 && found.step() <= steps && Double.isFinite(found.lossOfEpoch())) {
                return found;
            }
        } catch (NumberFormatException notNumbers) {
            // Told below, as numbers out of range are.
        }
        throw new WorkFailure("its metadata " + STEP + " and " + LOSS_OF_EPOCH + " do not say where in the " + steps
                + " steps it was taken");
    }

    /** Copies the found weights into the leaves and the best ones, and takes up the optimiser's state. */
    void restore(Found found, Optional<BestSoFar> best, Parameters leaves, Optimiser optimiser) {
        try (Scope scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(found.directory().resolve(WEIGHTS))) {
            leaves.asMap().forEach((name, leaf) -> leaf.copyInPlace(file.read(name)));
            best.ifPresent(kept -> found.best().ifPresent(state -> kept.restore(state, file::read)));
        }
        optimiser.load(found.directory().resolve(OPTIMISER));
    }

    /** Removes the snapshot, when the training has ended. */
    public void delete() {
        DurableDirectory.deleteRecursively(directory);
    }

    private static String seal(Path directory) {
        return Digest.ofFile(directory.resolve(WEIGHTS)).hex() + " "
                + Digest.ofFile(directory.resolve(OPTIMISER)).hex();
    }
}
