package org.thalweg.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Memory of large tensors that is used again once they are freed, for one piece of work. The C library returns the
 * memory of a large tensor to the system when it is freed, and the system fills new memory with zeros, which for work
 * on tensors that are read, moved and freed one after the other takes a good part of the time. For the CPU alone.
 */
public final class ReusedMemory {
    private static final ScopedValue<ReusedMemory> CURRENT = ScopedValue.newInstance();
    /** Smaller ones are kept by the C library itself. */
    private static final long SMALLEST = 1L << 25;

    private final List<Block> blocks = new ArrayList<>();
    /** The most bytes that tensors used at a time, which is the most that is held. */
    private long mostUsed;

    /** Memory that this holds, whether a tensor uses it or not. */
    private record Block(Tensor whole, long bytes) {
        boolean isFree() {
            // The whole alone.
            return whole.handle().storage().use_count() == 1;
        }

        /** At most an eighth is left unused. */
        boolean fits(long wanted) {
            return wanted <= bytes && bytes - wanted <= wanted >> 3 && isFree();
        }
    }

    private ReusedMemory() {}

    /**
     * Does work, in which the memory of large tensors is used again, also by its threads. What is not in use when the
     * work ends is returned to the system.
     *
     * @param <T> its result
     * @param work on the calling thread
     * @return its result
     */
    public static <T> T during(Supplier<T> work) {
        if (CURRENT.isBound()) {
            return work.get();
        }
        ReusedMemory memory = new ReusedMemory();
        try {
            return ScopedValue.where(CURRENT, memory).call(work::get);
        } finally {
            // A tensor that outlives the work keeps its own memory.
            memory.release(_ -> true);
        }
    }

    /** Returns what no tensor uses to the system, for work that takes much memory of other kinds. */
    public static void releaseUnused() {
        if (CURRENT.isBound()) {
            CURRENT.get().release(Block::isFree);
        }
    }

    /** The same work with the memory that the calling thread uses, for another thread. */
    static <T> Supplier<T> inherited(Supplier<T> work) {
        if (!CURRENT.isBound()) {
            return work;
        }
        ReusedMemory memory = CURRENT.get();
        return () -> ScopedValue.where(CURRENT, memory).call(work::get);
    }

    /** Whether a tensor of so many bytes takes memory that was used before. */
    static boolean holds(long bytes) {
        return bytes >= SMALLEST && CURRENT.isBound();
    }

    /** Whether a tensor is converted here: a large one of another type of which nothing is recorded. */
    static boolean takes(Tensor tensor, DType dtype) {
        return holds(tensor.size() * dtype.bytes()) && tensor.dtype() != dtype && tensor.handle().is_cpu()
                && tensor.handle().is_contiguous() && !tensor.handle().requires_grad();
    }

    /** The same numbers in another type. */
    static Tensor converted(Tensor tensor, DType dtype) {
        Tensor converted = empty(dtype, tensor.shape());
        converted.copyInPlace(tensor);
        return converted;
    }

    /** A tensor on the CPU whose numbers are to be written. */
    static Tensor empty(DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long length : shape) {
            bytes *= length;
        }
        if (!holds(bytes)) {
            return Tensor.wrap(torch.empty(shape, Device.CPU.options(dtype), new MemoryFormatOptional()));
        }
        Tensor tensor = Tensor.wrap(torch.empty(new long[] {0}, Device.CPU.options(dtype), new MemoryFormatOptional()));
        CURRENT.get().give(tensor, bytes, shape);
        return tensor;
    }

    private synchronized void give(Tensor tensor, long bytes, long... shape) {
        mostUsed = Math.max(mostUsed, bytes + total(block -> !block.isFree()));
        Block block = blocks.stream().filter(one -> one.fits(bytes)).min(Comparator.comparing(Block::bytes))
                .orElseGet(() -> made(bytes));
        tensor.handle().set_(block.whole().handle().storage(), 0, shape, strides(shape));
    }

    private long total(Predicate<Block> which) {
        return blocks.stream().filter(which).mapToLong(Block::bytes).sum();
    }

    private Block made(long bytes) {
        while (total(_ -> true) + bytes > mostUsed && blocks.stream().anyMatch(Block::isFree)) {
            release(blocks.stream().filter(Block::isFree).min(Comparator.comparing(Block::bytes)).orElseThrow());
        }
        Block block = new Block(Scope.beyond(() -> Tensor.wrap(torch.empty(
                new long[] {bytes}, Device.CPU.options(DType.UINT8), new MemoryFormatOptional()))), bytes);
        blocks.add(block);
        return block;
    }

    private void release(Block block) {
        block.whole().close();
        blocks.remove(block);
    }

    private synchronized void release(Predicate<Block> which) {
        blocks.stream().filter(which).toList().forEach(this::release);
    }

    private static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }
}
