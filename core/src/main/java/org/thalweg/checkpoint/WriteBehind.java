package org.thalweg.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.thalweg.storage.FileOutput;

/**
 * Takes bytes and writes them to a file on a thread of its own, so that the next ones are made meanwhile. A few blocks
 * of native memory are used again and again; who is faster waits. For one thread.
 */
final class WriteBehind implements TensorSource.Receiver, AutoCloseable {
    private static final int BLOCKS = 4;
    private static final long BLOCK_BYTES = 1 << 23;

    private final FileOutput out;
    private final long blockBytes;
    private final Arena arena = Arena.ofShared();
    private final Workers writer = new Workers(1);
    private final Deque<Written> underway = new ArrayDeque<>();
    private MemorySegment block;
    private long filled;

    /** A block, and a wait until it can be used again, which fails as writing failed. */
    private record Written(MemorySegment block, Supplier<?> end) {}

    /**
     * Writes behind the caller's back.
     *
     * @param out where to; used by nobody else until this is closed
     * @param bytes how many there will be, so that small files take little memory
     */
    WriteBehind(FileOutput out, long bytes) {
        this.out = out;
        this.blockBytes = Math.clamp(bytes, 1, BLOCK_BYTES);
        this.block = arena.allocate(blockBytes);
    }

    /** Copies the bytes; they are written later. */
    @Override
    public void accept(MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize();) {
            long length = Math.min(blockBytes - filled, bytes.byteSize() - at);
            MemorySegment.copy(bytes, at, block, filled, length);
            at += length;
            filled += length;
            if (filled == blockBytes) {
                handOver();
                block = underway.size() < BLOCKS ? arena.allocate(blockBytes) : first();
            }
        }
    }

    /**
     * Waits until all is written.
     *
     * @throws IOException when some of it could not be
     */
    void finish() throws IOException {
        handOver();
        while (!underway.isEmpty()) {
            first();
        }
    }

    private void handOver() {
        MemorySegment full = block.asSlice(0, filled);
        underway.addLast(new Written(block, writer.begin(() -> {
            out.write(full);
            return full;
        })));
        filled = 0;
    }

    private MemorySegment first() throws IOException {
        Written written = underway.removeFirst();
        try {
            written.end().get();
        } catch (UncheckedIOException refused) {
            throw refused.getCause();
        }
        return written.block();
    }

    @Override
    public void close() {
        writer.close();
        arena.close();
    }
}
