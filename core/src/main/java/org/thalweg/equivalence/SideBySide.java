package org.thalweg.equivalence;

import java.util.List;
import java.util.function.Supplier;
import org.thalweg.tensor.Background;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Runs two models, at the same time where both are large and neither chooses among experts: reading a tensor and moving
 * it takes one thread, in which the other model can be multiplied. Where experts are chosen the second model follows
 * the first. For one thread.
 *
 * @param atOnce whether both run at the same time
 */
record SideBySide(boolean atOnce) {
    /** What both models made, in the scope that is open. */
    record Both(List<Tensor> first, List<Tensor> second) {}

    static SideBySide of(ComparedModel first, ComparedModel second) {
        return new SideBySide(Engine.threadsPerOperation() > 1 && Device.current() == Device.CPU
                && first.network().routers().isEmpty() && second.network().routers().isEmpty());
    }

    /**
     * Runs both.
     *
     * @param first in the calling thread
     * @param second in another one, if both run at once; its tensors are made in no scope or in one of its own
     * @return what they made
     */
    Both run(Supplier<List<Tensor>> first, Supplier<List<Tensor>> second) {
        if (!atOnce) {
            return new Both(first.get(), second.get());
        }
        int before = Engine.threadsPerOperation();
        // Each has half of the processors: operations that share them wait for each other.
        int half = Math.max(1, before / 2);
        Background<List<Tensor>> other = Background.begin("second model", () -> Gradients.without(() -> {
            Engine.useThreadsPerOperation(half);
            return kept(second);
        }));
        try {
            Engine.useThreadsPerOperation(half);
            List<Tensor> own = first.get();
            return new Both(own, other.get().stream().map(SideBySide::taken).toList());
        } catch (RuntimeException | Error failed) {
            free(other, failed);
            throw failed;
        } finally {
            Engine.useThreadsPerOperation(before);
        }
    }

    /** Outside all scopes, so that another thread may take it. */
    private static List<Tensor> kept(Supplier<List<Tensor>> making) {
        try (Scope outer = Scope.open()) {
            return making.get().stream().map(outer::keep).toList();
        }
    }

    /** A tensor of another thread in the scope that is open here. */
    private static Tensor taken(Tensor tensor) {
        Tensor own = tensor.reshape(tensor.shape());
        tensor.close();
        return own;
    }

    private static void free(Background<List<Tensor>> other, Throwable failed) {
        try {
            other.get().forEach(Tensor::close);
        } catch (RuntimeException | Error second) {
            if (second != failed) {
                failed.addSuppressed(second);
            }
        }
    }
}
