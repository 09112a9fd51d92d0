package org.thalweg.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.TensorSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A model as an alignment carries it. Each tensor is computed when asked for, in float64, and stored in the type that
 * the source has in its place; nothing is held.
 *
 * @param source the model that is carried; its files are not changed
 * @param reader its tensors
 * @param alignment carries it
 */
record CarriedModel(ModelDirectory source, TensorReader reader, Alignment alignment) {
    /** Whether storing loses nothing: only orders and signs change. */
    boolean isLossless() {
        return alignment.elements().values().stream().allMatch(element -> switch (element) {
            case Permutation _, SignedPermutation _ -> true;
            case Scaling(double[] factors) -> Arrays.stream(factors).allMatch(factor -> Math.abs(factor) == 1);
            default -> false;
        });
    }

    /** A carried tensor before it is stored: in float64, or in its own type when that is not floating. */
    Tensor exact(String name) {
        try (Scope scope = Scope.open()) {
            return scope.keep(alignment.carry(name, other -> {
                Tensor tensor = reader.read(other);
                return tensor.dtype().isFloating() ? tensor.to(DType.FLOAT64) : tensor;
            }));
        }
    }

    /**
     * A carried tensor as it is stored.
     *
     * @throws WorkFailure when a number is too large for the type
     */
    Tensor stored(String name) {
        return new StoredTensors(source.checkpoint().tensors(), this::exact,
                "orders and signs alone (--maps discrete) never make any larger").stored(name);
    }

    /**
     * Writes the directory: same names, shapes, types and division among files, companion files copied, the element in
     * {@link Scramble#ALIGNMENT}. One tensor is in memory at a time.
     *
     * @throws WorkFailure when a number does not fit its type, or the disk refuses; then nothing is left
     */
    void write(Output output, Map<String, String> provenance, WorkObserver observer) {
        Checkpoint checkpoint = source.checkpoint();
        Map<String, String> metadata = new LinkedHashMap<>(checkpoint.metadata());
        metadata.putAll(provenance);
        TensorReader counted = counting(WorkObserver.WRITING, this::stored, observer);
        CheckpointWriter.write(
                output.directory(),
                new CheckpointContent(checkpoint.config(), metadata, checkpoint.tensors(),
                        TensorSource.computing(counted::read)),
                options(checkpoint, output, alignment));
    }

    /** Reads tensors by this model's names, each once, and tells how many have been read. */
    TensorReader counting(String work, TensorReader tensors, WorkObserver observer) {
        long total = source.checkpoint().tensors().size();
        observer.began(work, total);
        long[] read = new long[1];
        return name -> {
            Tensor tensor = tensors.read(name);
            // A comparison reads a tied embedding once more for the head.
            observer.reached(Math.min(total, ++read[0]));
            return tensor;
        };
    }

    /** How a moved copy of a checkpoint is written: divided alike, with its companions and the element beside. */
    static CheckpointOptions options(Checkpoint checkpoint, Output output, Alignment alignment) {
        CheckpointOptions options = CheckpointOptions.defaults()
                .with(checkpoint.sharding())
                .withCompanions(companions(checkpoint))
                .withFiles(part -> AlignmentFile.write(alignment, part.resolve(Scramble.ALIGNMENT)));
        return output.overwrite() ? options.overwriting() : options;
    }

    /** Companion files but for the element that the source was moved by, which says nothing about a new model. */
    static List<Path> companions(Checkpoint checkpoint) {
        return checkpoint.companions().stream()
                .filter(file -> !file.getFileName().toString().equals(Scramble.ALIGNMENT))
                .toList();
    }
}
