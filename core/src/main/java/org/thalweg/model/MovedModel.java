package org.thalweg.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.thalweg.checkpoint.StoredNumbers;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Exponents;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * A model as an alignment moves it. Each tensor is computed when asked for and stored in the type that the source has
 * in its place: in that type throughout where orders, signs and powers of two act and lose nothing, else in float64 and
 * rounded; nothing is held but the largest rounding error so far. For one thread.
 */
final class MovedModel {
    private final ModelDirectory source;
    private final TensorReader reader;
    private final Alignment alignment;
    private final Map<String, TensorLayout> layouts;
    private final StoredTensors stored;

    /**
     * A moved model.
     *
     * @param source says what the model is and how it is stored; its files are not changed
     * @param reader the model's tensors: those of the source, or the same with noise
     * @param alignment moves it
     */
    MovedModel(ModelDirectory source, TensorReader reader, Alignment alignment) {
        this.source = source;
        this.reader = reader;
        this.alignment = alignment;
        this.layouts = source.tensors();
        this.stored = new StoredTensors(layouts, this::exact, "orders and signs alone ("
                + String.join(", ", ExactStorage.ORDERS) + ") never make any larger; choose these, or convert the "
                + "model to bfloat16 or float32 first");
    }

    ModelDirectory source() {
        return source;
    }

    TensorReader reader() {
        return reader;
    }

    Alignment alignment() {
        return alignment;
    }

    /** A moved tensor before it is stored: in float64, or in its own type when that is not floating. */
    Tensor exact(String name) {
        return alignment.exact(name, reader);
    }

    /**
     * A moved tensor as it is stored.
     *
     * @throws WorkFailure when a number is too large for the type
     */
    Tensor stored(String name) {
        Optional<Exponents> exponents = alignment.exponents(name);
        if (exponents.isEmpty()) {
            return stored.stored(name);
        }
        DType type = layouts.get(name).type().dtype().orElseThrow();
        AtomicBoolean lossless = new AtomicBoolean();
        try (Scope scope = Scope.open()) {
            Tensor moved = alignment.apply(name, other -> {
                Tensor tensor = reader.read(other);
                lossless.set(tensor.dtype() == type && (!type.isFloating()
                        || StoredNumbers.keepDigits(tensor, exponents.get().least(), exponents.get().most())));
                return tensor;
            });
            return scope.keep(lossless.get() ? moved : stored.stored(name));
        }
    }

    /** The largest error that storing made so far, divided by its tensor's largest number. */
    double rounding() {
        return stored.rounding();
    }

    /**
     * Writes the directory: same names, shapes, types and division among files, companion files copied, the element in
     * {@link Scramble#ALIGNMENT}. One tensor is in memory at a time.
     *
     * @throws WorkFailure when a number does not fit its type, or the disk refuses; then nothing is left
     */
    void write(Output output, Map<String, String> provenance, WorkObserver observer) {
        WrittenDirectory.like(source).write(
                this::stored,
                provenance,
                List.of(part -> AlignmentFile.write(alignment, part.resolve(Scramble.ALIGNMENT))),
                output,
                observer);
    }

    /** Reads tensors by this model's names, each once, and counts them. */
    TensorReader counting(String work, TensorReader tensors, WorkObserver observer) {
        return new CountedReads(work, source.stored().places().size(), observer).of(tensors);
    }
}
