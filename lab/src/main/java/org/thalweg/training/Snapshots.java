package org.thalweg.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/**
 * Where a training in progress keeps its state, so that it can be killed at any moment and go on to the same end, bit
 * for bit. A snapshot is a directory that appears whole; a torn or altered one is ignored and the training starts
 * afresh.
 *
 * @param directory of the one snapshot of this training
 * @param every how long a training runs between two snapshots
 */
public record Snapshots(Path directory, Duration every) {
    private static final String WEIGHTS = "model.safetensors";
    private static final String OPTIMISER = "optimiser.state";
    private static final String SEAL = "seal";

    /**
     * State found.
     *
     * @param step steps finished
     * @param lossOfEpoch sum of the losses of the unfinished epoch, weighted by examples
     * @param directory where weights and optimiser are
     */
    record Found(long step, double lossOfEpoch, Path directory) {}

    void save(long step, double lossOfEpoch, Parameters leaves, Optimiser optimiser) {
        Map<String, String> metadata =
                Map.of("step", Long.toString(step), "loss_of_epoch", Double.toHexString(lossOfEpoch));
        // The earlier snapshot stays until the new one is whole: a kill or a full disk meanwhile costs only the steps
        // since then.
        try (Scope scope = Scope.open()) {
            DurableDirectory.replace(directory, part -> {
                SafetensorsWriter.write(part.resolve(WEIGHTS), metadata, leaves);
                optimiser.save(part.resolve(OPTIMISER));
                DurableFile.writeText(part.resolve(SEAL), seal(part));
            });
        } catch (UncheckedIOException refused) {
            throw DurableFile.failure(directory, refused.getCause());
        }
    }

    Optional<Found> find() {
        try {
            if (!Files.exists(directory.resolve(SEAL))
                    || !Files.readString(directory.resolve(SEAL)).equals(seal(directory))) {
                return Optional.empty();
            }
            try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
                return Optional.of(new Found(
                        Long.parseLong(file.metadata().get("step")),
                        Double.parseDouble(file.metadata().get("loss_of_epoch")),
                        directory));
            }
        } catch (IOException | WorkFailure torn) {
            return Optional.empty();
        }
    }

    /** Copies the found weights into the leaves and takes up the optimiser's state. */
    void restore(Found found, Parameters leaves, Optimiser optimiser) {
        try (Scope scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(found.directory().resolve(WEIGHTS))) {
            leaves.asMap().forEach((name, leaf) -> leaf.copyInPlace(file.read(name)));
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
