package org.thalweg.training;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.Stopped;
import org.thalweg.storage.Digest;

/**
 * What frozen stages made of examples, for all trainings of a process that begin with the same: in memory as far as
 * that may be taken, else in mapped files, which take no name on systems that let an open file be deleted, so that a
 * killed process leaves nothing behind. What nobody uses makes room for what somebody needs.
 *
 * <p>May be used by several threads at once; of those that need the same one makes it and the others wait.
 */
public final class PrefixStore implements AutoCloseable {
    /** Share of a disk's free bytes that a file may take. */
    private static final double SHARE_OF_DISK = 0.9;

    private static final Path MEMORY_OF_LINUX = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+([0-9]{1,15}) kB$");

    private final long memory;
    private final Optional<Path> directory;
    private final boolean lasting;
    private final Map<Digest, Kept> kept = new LinkedHashMap<>();
    private final Set<Digest> underway = new HashSet<>();
    private long taken;

    private PrefixStore(long memory, Optional<Path> directory, boolean lasting) {
        if (memory < 0) {
            throw new IllegalArgumentException("there are no " + memory + " bytes of memory");
        }
        this.memory = memory;
        this.directory = directory;
        this.lasting = lasting;
    }

    /**
     * A store that keeps what trainings gave back, for others.
     *
     * @param memory bytes that may be taken in all
     * @param directory for files, if any
     * @return the store; close it when no training uses it
     */
    public static PrefixStore forMany(long memory, Optional<Path> directory) {
        return new PrefixStore(memory, directory, true);
    }

    /**
     * A store that frees at once what is given back.
     *
     * @param memory bytes that may be taken
     * @param directory for files, if any
     * @return the store
     */
    public static PrefixStore forOneTraining(long memory, Optional<Path> directory) {
        return new PrefixStore(memory, directory, false);
    }

    /** Rows in one place. All but the users are final. */
    private static final class Kept {
        private final Arena arena;
        private final MemorySegment all;
        private final long memory;
        private int users = 1;

        Kept(Arena arena, MemorySegment all, long memory) {
            this.arena = arena;
            this.all = all;
            this.memory = memory;
        }
    }

    /**
     * Rows that are used.
     *
     * @param all of them, only for reading
     * @param back gives them back
     */
    record Lease(MemorySegment all, Runnable back) implements AutoCloseable {
        @Override
        public void close() {
            back.run();
        }
    }

    /** Takes one block of rows after the other. */
    @FunctionalInterface
    interface Sink {
        void take(MemorySegment block) throws IOException;
    }

    /** Makes all rows. */
    @FunctionalInterface
    interface Filler {
        void fill(Sink sink) throws IOException;
    }

    /**
     * What is wanted.
     *
     * @param key the same for the same rows
     * @param bytes of all of them
     * @param stages which they come from, in words
     * @param rows how many, in words
     */
    record Wanted(Digest key, long bytes, String stages, String rows) {}

    /**
     * Rows, made now unless they are there.
     *
     * @param wanted which
     * @param filler makes them
     * @param monitor told where they are kept, or why nowhere
     * @return the rows, until closed; nothing when there is room nowhere
     */
    Optional<Lease> get(Wanted wanted, Filler filler, Monitor monitor) {
        Optional<Lease> found = found(wanted.key);
        if (found.isPresent()) {
            return found;
        }
        try {
            return made(wanted, filler, monitor).map(rows -> placed(wanted.key, rows));
        } finally {
            synchronized (this) {
                underway.remove(wanted.key);
                notifyAll();
            }
        }
    }

    /** Those that are there; when they are not, the caller is the one to make them. */
    private synchronized Optional<Lease> found(Digest key) {
        while (underway.contains(key)) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
        // Taken out and put back, so that those used longest ago stand first.
        Optional<Kept> there = Optional.ofNullable(kept.remove(key));
        there.ifPresentOrElse(rows -> {
            rows.users++;
            kept.put(key, rows);
        }, () -> underway.add(key));
        return there.map(rows -> lease(key, rows));
    }

    private synchronized Lease placed(Digest key, Kept rows) {
        kept.put(key, rows);
        return lease(key, rows);
    }

    private Lease lease(Digest key, Kept rows) {
        return new Lease(rows.all, () -> giveBack(key, rows));
    }

    private synchronized void giveBack(Digest key, Kept rows) {
        rows.users--;
        if (!lasting && rows.users == 0) {
            free(key);
        }
    }

    private synchronized void free(Digest key) {
        Kept rows = kept.remove(key);
        taken -= rows.memory;
        rows.arena.close();
    }

    private Optional<Kept> made(Wanted wanted, Filler filler, Monitor monitor) {
        String what = wanted.stages + " run once and what they make of " + wanted.rows + " examples, "
                + size(wanted.bytes) + ", is kept in ";
        if (reserved(wanted.bytes)) {
            monitor.noted(what + "memory.");
            return Optional.of(inMemory(wanted.bytes, filler));
        }
        String refused = "no place for a file is given";
        if (directory.isPresent()) {
            try {
                long free = freeOn(directory.get(), wanted.bytes);
                if (wanted.bytes <= SHARE_OF_DISK * free) {
                    monitor.noted(what + "a file, since memory may take " + size(memory) + ".");
                    return Optional.of(inFile(directory.get().resolve(".prefix-" + wanted.key.brief()), filler));
                }
                refused = "the disk of " + directory.get() + " has " + size(free) + " free";
            } catch (IOException failed) {
                refused = directory.get() + " takes no file: " + failed.getMessage();
            }
        }
        monitor.noted(wanted.stages + " run in every step: what they make takes " + size(wanted.bytes)
                + ", memory may take " + size(memory) + ", and " + refused
                + ". Last digits can differ from those of a training for which there is room.");
        return Optional.empty();
    }

    /** Takes bytes of the memory, if they fit beside what is in use. */
    private synchronized boolean reserved(long bytes) {
        if (bytes > memory) {
            return false;
        }
        makeRoom(rows -> rows.memory > 0 && taken + bytes > memory);
        if (taken + bytes > memory) {
            return false;
        }
        taken += bytes;
        return true;
    }

    /** Frees what nobody uses, from what was used longest ago on, as long as it is asked for. */
    private synchronized void makeRoom(Predicate<Kept> asked) {
        for (Map.Entry<Digest, Kept> entry : List.copyOf(kept.entrySet())) {
            if (entry.getValue().users == 0 && asked.test(entry.getValue())) {
                free(entry.getKey());
            }
        }
    }

    private Kept inMemory(long bytes, Filler filler) {
        Arena arena = Arena.ofShared();
        boolean whole = false;
        try {
            MemorySegment all = arena.allocate(bytes, Long.BYTES);
            long[] filled = {0};
            filler.fill(block -> {
                MemorySegment.copy(block, 0, all, filled[0], block.byteSize());
                filled[0] += block.byteSize();
            });
            whole = true;
            return new Kept(arena, all, bytes);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory refuses no bytes", impossible);
        } finally {
            if (!whole) {
                arena.close();
                synchronized (this) {
                    taken -= bytes;
                }
            }
        }
    }

    private static Kept inFile(Path file, Filler filler) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            filler.fill(block -> {
                ByteBuffer bytes = block.asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            });
            Arena arena = Arena.ofShared();
            return new Kept(arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), 0);
        }
    }

    private long freeOn(Path place, long wanted) throws IOException {
        Files.createDirectories(place);
        if (wanted > SHARE_OF_DISK * Files.getFileStore(place).getUsableSpace()) {
            makeRoom(rows -> rows.memory == 0);
        }
        return Files.getFileStore(place).getUsableSpace();
    }

    @Override
    public synchronized void close() {
        List.copyOf(kept.keySet()).forEach(this::free);
    }

    private static String size(long bytes) {
        return bytes < 1 << 30 ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20))
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }

    /**
     * Half of the memory that is free on this machine now, as far as it is known: on Linux what could be had without
     * swapping, and never more than half of what a container may have.
     *
     * @return bytes
     */
    public static long halfOfFreeMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.min(available().orElse(system.getFreeMemorySize()), system.getTotalMemorySize()) / 2
                : 1L << 30;
    }

    private static Optional<Long> available() {
        try {
            Matcher line = AVAILABLE.matcher(Files.readString(MEMORY_OF_LINUX));
            return line.find() ? Optional.of(1024 * Long.parseLong(line.group(1))) : Optional.empty();
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }
}
