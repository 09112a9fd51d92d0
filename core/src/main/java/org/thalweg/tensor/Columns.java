package org.thalweg.tensor;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;

/** Columns of large matrices in another order, by several threads: libtorch takes one for it. */
final class Columns {
    private static final long LARGE = 1L << 22;

    private Columns() {}

    /** Whether an axis is the last of many numbers that lie one behind the other, and nothing is recorded. */
    static boolean takes(Tensor tensor, int axis) {
        return axis == tensor.rank() - 1 && tensor.rank() > 1 && tensor.size() >= LARGE
                && tensor.handle().is_contiguous() && !tensor.handle().requires_grad();
    }

    /** As {@code indexSelect} along the last axis. */
    static Tensor select(Tensor tensor, Tensor index) {
        long[] shape = tensor.shape();
        shape[shape.length - 1] = index.size();
        Tensor result = Tensor.zeros(tensor.dtype(), shape);
        try (Scope scope = Scope.open()) {
            Tensor source = tensor.reshape(-1, tensor.length(-1));
            Tensor target = result.reshape(-1, index.size());
            int parts = (int) Math.min(Engine.threadsPerOperation(), source.length(0));
            IntStream.range(0, parts).parallel().forEach(part -> {
                long first = source.length(0) * part / parts;
                long rows = source.length(0) * (part + 1) / parts - first;
                try (Scope own = Scope.open()) {
                    torch.index_select_out(
                            target.narrow(0, first, rows).handle(), source.narrow(0, first, rows).handle(), 1,
                            index.handle());
                }
            });
        }
        return result;
    }
}
