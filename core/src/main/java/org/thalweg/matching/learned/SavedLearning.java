package org.thalweg.matching.learned;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.WorkObserver;

/**
 * Where learning was when its state was saved.
 *
 * @param origin digest of all that decides what is learned
 * @param step steps taken
 * @param without measurements without progress
 * @param history of the progress
 */
record SavedLearning(Digest origin, int step, int without, List<Progress> history) {
    private static final String WORK = "learning";
    private static final String ORIGIN = "origin";
    private static final String STEP = "step";
    private static final String WITHOUT = "without";
    private static final String HISTORY = "history";

    SavedLearning {
        history = List.copyOf(history);
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(ORIGIN, origin.hex());
        metadata.put(STEP, Integer.toString(step));
        metadata.put(WITHOUT, Integer.toString(without));
        metadata.put(HISTORY, history.stream()
                .map(progress -> progress.step() + ":" + Double.toHexString(progress.loss()))
                .collect(Collectors.joining(",")));
        return metadata;
    }

    /**
     * What was saved, when it is there, whole and of the same learning.
     *
     * @param snapshots where
     * @param origin of the learning that is to go on
     * @param steps of the whole learning
     * @param observer told of what is there and cannot be used
     */
    static Optional<SavedLearning> find(Snapshots snapshots, Digest origin, int steps, WorkObserver observer) {
        Optional<SavedLearning> found = snapshots.find(WORK, SavedLearning::read, observer::told);
        if (found.isPresent() && !found.get().origin().equals(origin)) {
            observer.told("the snapshot " + snapshots.directory() + " is of an unfinished learning with other models, "
                    + "data, settings or threads, and is not used; the learning starts afresh.");
            return Optional.empty();
        }
        found.ifPresent(saved -> observer.told("learning goes on after step " + saved.step() + " of " + steps
                + ", where an earlier run stopped."));
        return found;
    }

    private static SavedLearning read(Map<String, String> metadata) {
        try {
            return new SavedLearning(
                    new Digest(metadata.getOrDefault(ORIGIN, "")),
                    Integer.parseInt(metadata.getOrDefault(STEP, "")),
                    Integer.parseInt(metadata.getOrDefault(WITHOUT, "")),
                    Arrays.stream(metadata.getOrDefault(HISTORY, "").split(",")).map(SavedLearning::progress).toList());
        } catch (IllegalArgumentException garbled) {
            throw new WorkFailure("its metadata do not say what learning it is of and where that was", garbled);
        }
    }

    private static Progress progress(String written) {
        int colon = written.indexOf(':');
        return new Progress(
                Integer.parseInt(written.substring(0, Math.max(0, colon))),
                Double.parseDouble(written.substring(colon + 1)));
    }
}
