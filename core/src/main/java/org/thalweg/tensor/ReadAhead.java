package org.thalweg.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads what is worked on next in a thread of its own, while the calling thread works on what was read before. Two
 * readings are in memory at a time. Readings begin one after the other, in order.
 *
 * @param <R> what is read
 * @param tensors the tensors in it, which are kept until the work on them is done
 */
public record ReadAhead<R>(Function<R, List<Tensor>> tensors) {
    /**
     * Reads and works, one after the other.
     *
     * @param readings each called once, in the reading thread, without recording gradients
     * @param work in the calling thread; what it makes of the tensors must not be views of them
     */
    public void forEach(List<Supplier<R>> readings, Consumer<R> work) {
        Optional<Background<R>> next = Optional.empty();
        for (int i = 0; i < readings.size(); i++) {
            R current = next.isPresent() ? next.get().get() : kept(readings.get(i));
            next = i + 1 < readings.size() ? Optional.of(begun(readings.get(i + 1))) : Optional.empty();
            try {
                work.accept(current);
            } catch (RuntimeException | Error failed) {
                next.ifPresent(reading -> freeUnused(reading, failed));
                throw failed;
            } finally {
                free(current);
            }
        }
    }

    private Background<R> begun(Supplier<R> reading) {
        return Background.begin("read-ahead", () -> kept(reading));
    }

    /** Outside all scopes, so that another thread may take it. */
    private R kept(Supplier<R> reading) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                R read = reading.get();
                tensors.apply(read).forEach(tensor -> tensor.handle().retainReference());
                return read;
            }
        });
    }

    private void freeUnused(Background<R> reading, Throwable failed) {
        try {
            free(reading.get());
        } catch (RuntimeException | Error second) {
            failed.addSuppressed(second);
        }
    }

    private void free(R read) {
        tensors.apply(read).forEach(Tensor::close);
    }
}
