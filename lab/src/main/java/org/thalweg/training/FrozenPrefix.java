package org.thalweg.training;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The examples of a training as its first trained stage takes them. What the frozen stages in front of it make is
 * computed once for all epochs and kept, in memory or, where it is larger than that may be, in a mapped file: both give
 * the same bits. Where examples are changed anew in every epoch, or there is room nowhere, the frozen stages run in
 * every step; there batches are of other sizes, so that last digits can differ.
 *
 * <p>Belongs to the thread that made it.
 */
final class FrozenPrefix implements AutoCloseable {
    /** Examples run at once. */
    private static final int BLOCK = 512;

    /** Numbers that a block's results have at most: 64 MiB of float32. */
    private static final long LARGEST_BLOCK = 1L << 24;

    /** Share of a disk's free bytes that a file may take. */
    private static final double SHARE_OF_DISK = 0.9;

    private final FrozenStages stages;
    private final LongFunction<Examples> seen;
    private final Arena arena = Arena.ofConfined();
    private final Optional<Rows> rows;

    private FrozenPrefix(FrozenStages stages, LongFunction<Examples> seen, Plan plan) {
        this.stages = stages;
        this.seen = seen;
        this.rows = plan.kept ? keep(plan) : Optional.empty();
    }

    /**
     * What is kept.
     *
     * @param memory that holds it, where that is no file
     * @param all example after example, of the first copy, then of the next
     * @param row of one example
     * @param size examples of a copy
     * @param copies that epochs take in turn
     */
    private record Rows(
            Optional<Tensor> memory, MemorySegment all, FrozenStages.Row row, int size, int copies) {
        Tensor of(int[] indices, long epoch) {
            long bytes = row.bytes();
            long first = epoch % copies * size;
            return Tensor.filledBy(batch -> {
                for (int i = 0; i < indices.length; i++) {
                    MemorySegment.copy(all, (first + indices[i]) * bytes, batch, i * bytes, bytes);
                }
            }, row.dtype(), row.times(indices.length));
        }
    }

    /**
     * What a training asks for.
     *
     * @param kept whether anything is to be kept at all
     * @param size of the training set
     * @param copies of each example that epochs take in turn
     * @param room where to keep it
     * @param monitor told where it is kept
     */
    private record Plan(boolean kept, int size, int copies, PrefixRoom room, Monitor monitor) {}

    /**
     * Runs the frozen stages, where there are any and what they make can be kept.
     *
     * @param trainer whose examples they are
     * @param stages in front of the first trained one
     * @param room where to keep what they make
     * @param monitor told of where that is; may ask for an end
     * @return the examples; close them
     * @throws Stopped when the monitor asked for it
     */
    static FrozenPrefix of(Trainer trainer, FrozenStages stages, PrefixRoom room, Monitor monitor) {
        boolean changed = trainer.seen(0) != trainer.examples();
        int copies = Math.min(trainer.plan().copies(), trainer.plan().epochs());
        boolean anew = changed && copies == 0;
        if (stages.to() > 0 && anew) {
            monitor.noted(named(stages) + " run in every step, since examples are changed anew in every epoch; with "
                    + "the key 'copies' so many changed copies of each would be made once and kept.");
        }
        return new FrozenPrefix(stages, trainer::seen, new Plan(stages.to() > 0 && !anew, trainer.examples().size(),
                changed ? Math.max(1, copies) : 1, room, monitor));
    }

    /**
     * Some examples as the first trained stage takes them.
     *
     * @param indices which, in order
     * @param epoch counted from 0
     * @return what that stage takes, in the current scope
     */
    Tensor of(int[] indices, long epoch) {
        return rows.map(kept -> kept.of(indices, epoch)).orElseGet(() -> stages.run(seen.apply(epoch), indices));
    }

    @Override
    public void close() {
        rows.flatMap(Rows::memory).ifPresent(Tensor::close);
        arena.close();
    }

    private Optional<Rows> keep(Plan plan) {
        FrozenStages.Row row = stages.row(seen.apply(0));
        long bytes = Math.multiplyExact(row.bytes(), Math.multiplyExact((long) plan.size, plan.copies));
        String what = named(stages) + " run once and what they make of " + String.format(Locale.ROOT, "%,d",
                (long) plan.size * plan.copies) + " examples, " + size(bytes) + ", is kept in ";
        if (bytes <= plan.room.memory()) {
            plan.monitor.noted(what + "memory.");
            Tensor memory = inMemory(plan, row);
            return Optional.of(new Rows(
                    Optional.of(memory), memory.contiguousBytes(), row, plan.size, plan.copies));
        }
        String refused = "no place for a file is given";
        if (plan.room.file().isPresent()) {
            Path file = plan.room.file().get();
            try {
                long free = free(file);
                if (bytes <= SHARE_OF_DISK * free) {
                    plan.monitor.noted(what + "a file, since memory may take " + size(plan.room.memory()) + ".");
                    return Optional.of(new Rows(
                            Optional.empty(), inFile(plan, row, file), row, plan.size, plan.copies));
                }
                refused = "the disk of " + file.getParent() + " has " + size(free) + " free";
            } catch (IOException failed) {
                refused = file + " could not be written: " + failed.getMessage();
            }
        }
        plan.monitor.noted(named(stages) + " run in every step: what they make takes " + size(bytes)
                + ", memory may take " + size(plan.room.memory()) + ", and " + refused
                + ". Last digits can differ from those of a training for which there is room.");
        return Optional.empty();
    }

    private Tensor inMemory(Plan plan, FrozenStages.Row row) {
        return Tensor.filledBy(memory -> {
            try {
                long[] filled = {0};
                fill(plan, row, block -> {
                    MemorySegment.copy(block, 0, memory, filled[0], block.byteSize());
                    filled[0] += block.byteSize();
                });
            } catch (IOException impossible) {
                throw new IllegalStateException("memory refuses no bytes", impossible);
            }
        }, row.dtype(), row.times((long) plan.size * plan.copies));
    }

    private MemorySegment inFile(Plan plan, FrozenStages.Row row, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            fill(plan, row, block -> write(channel, block));
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** Takes one block after the other. */
    @FunctionalInterface
    private interface Sink {
        void take(MemorySegment block) throws IOException;
    }

    private void fill(Plan plan, FrozenStages.Row row, Sink sink) throws IOException {
        int together = (int) Math.clamp(LARGEST_BLOCK / row.elements(), 1, BLOCK);
        for (int copy = 0; copy < plan.copies; copy++) {
            Examples examples = seen.apply(copy);
            for (int first = 0; first < plan.size; first += together) {
                if (plan.monitor.stopRequested()) {
                    throw new Stopped();
                }
                try (Scope scope = Scope.open()) {
                    int[] indices = IntStream.range(first, Math.min(plan.size, first + together)).toArray();
                    sink.take(stages.run(examples, indices).contiguousBytes());
                }
            }
        }
    }

    private static void write(FileChannel channel, MemorySegment block) throws IOException {
        ByteBuffer bytes = block.asByteBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static long free(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.getFileStore(file.getParent()).getUsableSpace();
    }

    private static String named(FrozenStages stages) {
        return "the frozen stages in front of " + stages.network().stageName(stages.to());
    }

    private static String size(long bytes) {
        return bytes < 1 << 30 ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20))
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }
}
