package org.thalweg.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.thalweg.checkpoint.StoredNumbers;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.equivalence.ComparedModel;
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
    private static final String ORDERS_ALONE = "orders and signs alone (" + String.join(", ", ExactStorage.ORDERS)
            + ") never make any larger; choose these, or convert the model to bfloat16 or float32 first";

    private static final String ROTATED =
            "convert the model to bfloat16 or float32 first, or choose the residual 'permutation' or 'none'";

    private final ModelDirectory source;
    private final Optional<RewrittenModel> rewritten;
    private final WrittenDirectory directory;
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
        this.rewritten = Optional.empty();
        this.directory = WrittenDirectory.like(source);
        this.reader = reader;
        this.alignment = alignment;
        this.layouts = source.tensors();
        this.stored = new StoredTensors(layouts, this::exact, ORDERS_ALONE);
    }

    /**
     * A model that is rewritten in another form first; it is still compared with its source as that is.
     *
     * @param rewritten the other form
     * @param alignment moves that
     */
    MovedModel(RewrittenModel rewritten, Alignment alignment) {
        this.source = rewritten.source();
        this.rewritten = Optional.of(rewritten);
        this.directory = rewritten.found().directory();
        this.reader = rewritten.found().tensors();
        this.alignment = alignment;
        this.layouts = directory.tensors();
        this.stored = new StoredTensors(layouts, this::exact, ROTATED);
    }

    /** The source as it runs; with noise, with its noise. */
    ComparedModel original() {
        return FunctionComparison.compared(
                source, rewritten.map(model -> model.original().tensors()).orElse(reader));
    }

    /** This model as it runs, by tensors that are computed in one way or another. */
    ComparedModel running(TensorReader tensors) {
        return rewritten.map(model -> new ComparedModel(model.found().network(), tensors))
                .orElseGet(() -> FunctionComparison.compared(source, tensors));
    }

    /** Tensors on which the function depends. */
    Set<String> weights() {
        return rewritten.map(model -> model.found().network().tensors().keySet()).orElseGet(source::weights);
    }

    /** What to do where rounding changes the function, the end of a sentence. */
    String remedy() {
        return rewritten.isPresent()
                ? "convert the model to float32 first, leave the normalisations as they are (residual 'permutation' or "
                        + "'none'), or allow a larger tolerance"
                : "choose what stores exactly (orders, signs and powers of two), or a larger tolerance";
    }

    ModelDirectory source() {
        return source;
    }

    /** All that is written but the numbers. */
    WrittenDirectory directory() {
        return directory;
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
        directory.write(
                this::stored,
                provenance,
                List.of(part -> AlignmentFile.write(alignment, part.resolve(Scramble.ALIGNMENT))),
                output,
                observer);
    }

    /**
     * Writes other tensors in this model's place, as it would be written but for the alignment.
     *
     * @param others by this model's names, before they are stored
     */
    void writeOthers(TensorReader others, Output output, Map<String, String> provenance, WorkObserver observer) {
        StoredTensors converted = new StoredTensors(layouts, others, ROTATED);
        directory.write(converted::stored, provenance, List.of(), output, observer);
    }

    /** Reads tensors by this model's names, each once, and counts them. */
    TensorReader counting(String work, TensorReader tensors, WorkObserver observer) {
        return new CountedReads(work, directory.stored().places().size(), observer).of(tensors);
    }
}
