package org.thalweg.benchmarks.large;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableDirectory;

/**
 * A directory of its own for models that are made, moved and copied, deleted when it is closed and when the virtual
 * machine ends by a signal.
 */
final class Workplace implements AutoCloseable {
    /** Models that stand there at once, at most: A, its partner, the moved partner, and a copy or a result. */
    private static final int MODELS = 4;
    private static final long SPARE = 1_000_000_000L;

    private final Path directory;
    private final Thread atEnd;

    private Workplace(Path directory) {
        this.directory = directory;
        this.atEnd = new Thread(() -> {
            // A command that still runs would write on.
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            DurableDirectory.deleteRecursively(directory);
        });
        Runtime.getRuntime().addShutdownHook(atEnd);
    }

    /**
     * Refuses a disk with too little space for what will stand there at once.
     *
     * @param parent where it would stand; made when it is not there
     * @param shape what is to be measured
     * @throws WorkFailure when there is too little
     */
    static void requireSpace(Path parent, ModelShape shape) {
        try {
            Files.createDirectories(parent);
            long there = Files.getFileStore(parent).getUsableSpace();
            long needed = MODELS * shape.bytes() + SPARE;
            if (there < needed) {
                throw new WorkFailure("the disk of " + parent + " has " + there + " bytes free, but measuring shape "
                        + shape.label() + " takes " + needed + "; give another directory, or fewer layers.");
            }
        } catch (IOException refused) {
            throw refusal(parent, refused);
        }
    }

    /**
     * Makes a directory.
     *
     * @param parent where; must be there
     * @return the place
     * @throws WorkFailure when it cannot be made
     */
    static Workplace in(Path parent) {
        try {
            return new Workplace(Files.createTempDirectory(parent, "measure-"));
        } catch (IOException refused) {
            throw refusal(parent, refused);
        }
    }

    private static WorkFailure refusal(Path parent, IOException refused) {
        return new WorkFailure("cannot work in " + parent + ": " + refused.getMessage() + ".", refused);
    }

    /** The directory itself. */
    Path directory() {
        return directory;
    }

    /** A path in it. */
    Path at(String name) {
        return directory.resolve(name);
    }

    /** Deletes a part, when it is there. */
    void delete(String name) {
        DurableDirectory.deleteRecursively(at(name));
    }

    /** Seconds that copying a model with {@code cp -r} takes. The copy is deleted again. */
    double secondsToCopy(Path model) throws IOException, InterruptedException {
        double seconds = seconds(List.of("cp", "-r", model.toString(), at("copy").toString()));
        delete("copy");
        return seconds;
    }

    /** Seconds that reading all files of some models with {@code cat} takes. */
    double secondsToRead(List<Path> models) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("cat"));
        for (Path model : models) {
            try (Stream<Path> files = Files.list(model)) {
                files.filter(Files::isRegularFile).map(Path::toString).sorted().forEach(command::add);
            }
        }
        return seconds(command);
    }

    /** Lets all that was written reach the disk, so that it does not slow down what comes next. */
    void settle() throws IOException, InterruptedException {
        seconds(List.of("sync"));
    }

    private static double seconds(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int code = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != 0) {
            throw new WorkFailure("'" + command.getFirst() + "' ended with exit code " + code + "; see above.");
        }
        return seconds;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atEnd);
        DurableDirectory.deleteRecursively(directory);
    }
}
