package org.thalweg.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.thalweg.failure.WorkFailure;

/**
 * A write in progress. Until it is closed, the end of the virtual machine by a signal waits for it, so that nothing
 * half-written stays; and with a lock, other processes see that its files are no leftovers.
 */
final class Underway implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Path part;
    private final Path lock;
    private final Optional<FileChannel> held;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::waitForTheEnd, "delete-half-written");

    private Underway(Path part, Path lock, Optional<FileChannel> held) {
        this.part = part;
        this.lock = lock;
        this.held = held;
    }

    /** A file in progress, which is small or guarded by the directory that it belongs to. */
    static Underway unlocked(Path part) {
        return new Underway(part, part, Optional.empty()).hooked();
    }

    /** A directory in progress. */
    static Underway locked(Leftovers.Owner owner) throws IOException {
        Path lock = owner.path("lock");
        return new Underway(owner.path("part"), lock, locked(lock)).hooked();
    }

    private Underway hooked() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // What is saved while the program ends, such as a study's state, is waited for by whoever saves it.
        }
        return this;
    }

    /** Some file systems know no locks; there, the number of the process has to do. */
    private static Optional<FileChannel> locked(Path lock) throws IOException {
        FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isLocked = false;
        try {
            isLocked = channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException unsupported) {
            // Told by isLocked.
        }
        if (isLocked) {
            return Optional.of(channel);
        }
        channel.close();
        Files.deleteIfExists(lock);
        return Optional.empty();
    }

    private void waitForTheEnd() {
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                DurableDirectory.deleteRecursively(part);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        } catch (WorkFailure stillWritten) {
            // The next run finds it.
        }
    }

    @Override
    public void close() {
        held.ifPresent(channel -> {
            try {
                channel.close();
                Files.deleteIfExists(lock);
            } catch (IOException refused) {
                // A lock that nobody holds is cleared by the next run.
            }
        });
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // The hook itself is running: the latch lets it end.
        }
    }
}
