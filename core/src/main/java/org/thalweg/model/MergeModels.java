package org.thalweg.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.config.MergeConfiguration;

/** The models of a merge, opened: the one that gives configuration and tokenizer first. For one thread; close it. */
final class MergeModels implements AutoCloseable {
    private final List<String> names;
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<ModelDirectory> known = new ArrayList<>();
    private final List<CheckpointReader> readers = new ArrayList<>();
    private Optional<String> unknown = Optional.empty();

    private MergeModels(List<String> names) {
        this.names = names;
    }

    /**
     * Opens them.
     *
     * @param places of all models, by the names of the configuration
     * @throws WorkFailure when one cannot be opened, or is quantised
     */
    static MergeModels open(MergeConfiguration configuration, Map<String, Path> places) {
        MergeModels models = new MergeModels(List.copyOf(configuration.merged()));
        for (String name : models.names) {
            Path place = Optional.ofNullable(places.get(name)).orElseThrow(
                    () -> new WrongUse("no directory is known for the model '" + name + "'."));
            Checkpoint checkpoint = Checkpoint.open(place);
            ModelDirectory.named(place, () -> {
                QuantisedTensors.refuse(checkpoint);
                return checkpoint;
            });
            models.checkpoints.add(checkpoint);
            models.read(place);
        }
        if (models.unknown.isEmpty()) {
            List<ModelDirectory> alike = List.copyOf(Align.inOneForm(models.known));
            models.known.clear();
            models.known.addAll(alike);
        }
        models.openReaders();
        return models;
    }

    private void read(Path place) {
        if (unknown.isPresent()) {
            return;
        }
        try {
            known.add(ModelDirectory.open(place));
        } catch (WorkFailure | WrongUse refused) {
            // A family that is not known, or something about it that is not built in, is merged tensor by tensor.
            unknown = Optional.of(refused.getMessage());
        }
    }

    private void openReaders() {
        for (int model = 0; model < names.size(); model++) {
            readers.add(unknown.isPresent() ? checkpoints.get(model).reader() : known.get(model).reader());
        }
    }

    List<String> names() {
        return names;
    }

    List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    Checkpoint leader() {
        return checkpoints.getFirst();
    }

    /** Why the models are no more than named tensors here, if they are. */
    Optional<String> unknown() {
        return unknown;
    }

    /** The models of a known family; none when one is not. */
    List<ModelDirectory> known() {
        return unknown.isPresent() ? List.of() : known;
    }

    /** The models as they are. */
    List<MergeInput> inputs() {
        return IntStream.range(0, names.size())
                .mapToObj(model -> unknown.isPresent()
                        ? MergeInput.of(names.get(model), checkpoints.get(model), readers.get(model))
                        : MergeInput.of(names.get(model), known.get(model), readers.get(model)))
                .toList();
    }

    /** The models of a known family with their tensors. */
    List<Folding.Source> sources() {
        return IntStream.range(0, known().size())
                .mapToObj(model -> new Folding.Source(known.get(model), readers.get(model)))
                .toList();
    }

    @Override
    public void close() {
        readers.forEach(CheckpointReader::close);
    }
}
