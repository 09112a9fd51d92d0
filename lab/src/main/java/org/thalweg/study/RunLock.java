package org.thalweg.study;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/**
 * Keeps a second process out of a run's directory. The operating system gives the lock up when its holder dies,
 * however it dies.
 */
final class RunLock implements AutoCloseable {
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param directory the run's directory, made when missing
     * @return the lock, to be closed
     * @throws WorkFailure when another process has it
     */
    static RunLock take(Path directory) {
        Path file = directory.resolve(".lock");
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean taken = false;
            try {
                if (tryLock(channel).isEmpty()) {
                    throw new WorkFailure("another process" + holder(file) + " is running a study in " + directory
                            + "; wait for it, or give another directory with --out.");
                }
                String name = "pid " + ProcessHandle.current().pid();
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), 0);
                taken = true;
                return new RunLock(channel);
            } finally {
                // An open channel would keep the lock for as long as this process lives.
                if (!taken) {
                    channel.close();
                }
            }
        } catch (IOException refused) {
            throw DurableFile.failure(file, refused);
        }
    }

    private static String holder(Path file) {
        try {
            String name = InputFile.text(file, 64).strip();
            return name.isEmpty() ? "" : " (" + name + ")";
        } catch (WorkFailure lockedAgainstReading) {
            return "";
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException heldByThisProcess) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            throw new WorkFailure("cannot release the lock of the run: " + alreadyGone.getMessage() + ".", alreadyGone);
        }
    }
}
