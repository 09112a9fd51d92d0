package org.thalweg.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;

/**
 * Where work with an optimiser keeps its state, so that it can be killed at any moment and go on to the same end, bit
 * for bit. A snapshot is a directory that appears whole; a torn or altered one is named to the user and ignored, and
 * the work starts afresh.
 *
 * @param directory of the one snapshot of this work
 * @param every how long the work runs between two snapshots
 */
public record Snapshots(Path directory, Duration every) {
    private static final String TENSORS = "model.safetensors";
    private static final String OPTIMISER = "optimiser.state";
    private static final String SEAL = "seal";
    private static final int SEAL_BYTES = 129;

    /**
     * Whether it is time for the next snapshot.
     *
     * @param saved when the last one was made, or the work began, by {@link System#nanoTime}
     * @return true when the work ran for longer since
     */
    public boolean isDue(long saved) {
        return System.nanoTime() - saved > every.toNanos();
    }

    /**
     * Saves the state in the place of an earlier one, which stays until this one is whole: a kill or a full disk
     * meanwhile costs only the work since then.
     *
     * @param metadata where the work is
     * @param tensors what it works on; not changed
     * @param optimiser what it remembers is saved too
     * @throws WorkFailure when the disk refuses
     */
    public void save(Map<String, String> metadata, Parameters tensors, Optimiser optimiser) {
        try (Scope scope = Scope.open()) {
            DurableDirectory.replace(directory, part -> {
                SafetensorsWriter.write(part.resolve(TENSORS), metadata, tensors);
                optimiser.save(part.resolve(OPTIMISER));
                DurableFile.writeText(part.resolve(SEAL), seal(part));
            });
        } catch (UncheckedIOException refused) {
            throw DurableFile.failure(directory, refused.getCause());
        }
    }

    /**
     * The state, when there is a whole one.
     *
     * @param work what it is of, for people, for example {@code training}
     * @param reading of the metadata; throws a {@link WorkFailure} with a clause where they make no sense
     * @param warned told, in one sentence, of a damaged snapshot
     * @param <T> what the metadata say
     * @return what they say; the rest is taken up by {@link #restore}
     */
    public <T> Optional<T> find(String work, Function<Map<String, String>, T> reading, Consumer<String> warned) {
        if (!Files.exists(directory)) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.apply(metadata()));
        } catch (IOException unreadable) {
            warned.accept(ignored(work, "it cannot be read: " + unreadable.getMessage()));
        } catch (WorkFailure damaged) {
            warned.accept(ignored(work, damaged.getMessage()));
        }
        return Optional.empty();
    }

    private String ignored(String work, String why) {
        return "the snapshot " + directory + " of an unfinished " + work + " is damaged ("
                + why.replaceFirst("\\.$", "") + ") and is ignored; the " + work + " starts afresh.";
    }

    private Map<String, String> metadata() throws IOException {
        Path seal = directory.resolve(SEAL);
        if (!Files.isRegularFile(seal)) {
            throw new WorkFailure("it has no file " + SEAL);
        }
        // The size is checked first: the file may be of any kind and of any size.
        if (Files.size(seal) != SEAL_BYTES
                || !new String(InputFile.bytes(seal, SEAL_BYTES), StandardCharsets.ISO_8859_1)
                        .equals(seal(directory))) {
            throw new WorkFailure("its files are not the ones it was sealed with");
        }
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(TENSORS))) {
            return file.metadata();
        }
    }

    /**
     * Takes up the state that was found.
     *
     * @param tensors takes the saved tensors, which end with the call
     * @param optimiser takes up what the saved one remembered; over leaves of the same shapes in the same order
     */
    public void restore(Consumer<TensorReader> tensors, Optimiser optimiser) {
        try (Scope scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(directory.resolve(TENSORS))) {
            tensors.accept(file::read);
        }
        optimiser.load(directory.resolve(OPTIMISER));
    }

    /** Removes the snapshot, when the work has ended. */
    public void delete() {
        DurableDirectory.deleteRecursively(directory);
    }

    private static String seal(Path directory) {
        return Digest.ofFile(directory.resolve(TENSORS)).hex() + " "
                + Digest.ofFile(directory.resolve(OPTIMISER)).hex();
    }
}
