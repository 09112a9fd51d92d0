package org.thalweg.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.EarlierCheckpoints;
import org.thalweg.model.ModelDirectory;
import picocli.CommandLine.Option;

/** Saved checkpoints of two trainings, along which their last models are aligned. */
final class CheckpointOptions {
    @Option(names = "--reference-path", paramLabel = "DIR,…", split = ",",
            description = "Saved checkpoints of A's training before A, the earliest first. Consecutive checkpoints of "
                    + "a training are matched, the earliest ones across both, and what is found is composed.")
    private List<Path> references = List.of();

    @Option(names = "--model-path", paramLabel = "DIR,…", split = ",",
            description = "The same of B's training before B.")
    private List<Path> models = List.of();

    /** Opens all of them. */
    EarlierCheckpoints open(Optional<Path> specification) {
        return new EarlierCheckpoints(opened(references, specification), opened(models, specification));
    }

    private static List<ModelDirectory> opened(List<Path> places, Optional<Path> specification) {
        return places.stream().map(place -> ModelDirectory.open(place, specification)).toList();
    }

    /** Refuses them beside more than two models. */
    void refuse() {
        if (!references.isEmpty() || !models.isEmpty()) {
            throw new WrongUse("--reference-path and --model-path are for two models; leave them out, or align two.");
        }
    }

    /** Adds what was given. */
    void addTo(Map<String, Object> conventions) {
        conventions.put("reference_path", references.stream().map(Path::toString).toList());
        conventions.put("model_path", models.stream().map(Path::toString).toList());
    }
}
