package org.thalweg.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.NumpyFile;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.ShardIndex;
import org.thalweg.connectivity.CurveFile;
import org.thalweg.failure.WorkFailure;
import org.thalweg.scaling.RunsFile;
import org.thalweg.symmetry.spec.ArchitectureSpec;

class InputFileTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    /** A pipe that nobody writes to. */
    private Path pipe(String name) throws IOException, InterruptedException {
        Path pipe = directory.resolve(name);
        requireThat(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "a system with mkfifo");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor()).isZero();
        return pipe;
    }

    private static void requireThat(boolean holds, String what) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(holds).as(what).isTrue();
        }
        assumeThat(holds).as(what).isTrue();
    }

    private static void refusedAtOnce(Path file, Consumer<Path> reader) {
        assertTimeoutPreemptively(AT_ONCE, () -> assertThatThrownBy(() -> reader.accept(file))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("cannot read " + file + ": it is a pipe, a socket or a device"));
    }

    @Test
    void whatIsNoRegularFileIsRefusedByEveryReader() throws IOException, InterruptedException {
        List<Consumer<Path>> readers = List.of(InputFile::stream, InputFile::channel,
                file -> InputFile.bytes(file, 10), file -> InputFile.text(file, 10), Digest::ofFile,
                CurveFile::read, RunsFile::read, ArchitectureSpec::read, ShardIndex::read, SafetensorsFile::open,
                file -> NumpyFile.readMatrix(file, (rows, columns) -> rows, (matrix, row, column, entry) -> { }));
        Path pipe = pipe("pipe");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/zero"));
        for (Consumer<Path> reader : readers) {
            refusedAtOnce(pipe, reader);
            refusedAtOnce(link, reader);
        }
    }

    @Test
    void aModelWithAPipeForItsConfigurationIsRefused() throws IOException, InterruptedException {
        Path config = pipe("config.json");
        refusedAtOnce(config, file -> Checkpoint.open(file.getParent()));
    }

    @Test
    void theReasonIsSaid() throws IOException {
        Path missing = directory.resolve("none");
        assertThatThrownBy(() -> InputFile.bytes(missing, 10)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + missing + ": there is no such file; check the path.");
        assertThatThrownBy(() -> InputFile.bytes(directory, 10)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + directory + ": it is a directory; give a file.");
        Path link = Files.createSymbolicLink(directory.resolve("link"), missing);
        assertThatThrownBy(() -> InputFile.bytes(link, 10)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it is a link to a file that is not there");
        assertThat(InputFile.reason(new AccessDeniedException("x"))).startsWith("permission denied");
        assertThat(InputFile.reason(new FileSystemException("x", "y", "Not a directory")))
                .isEqualTo("the system says 'Not a directory'");
        assertThat(InputFile.reason(new IOException())).isEqualTo("the system says 'IOException'");
    }

    @Test
    void aFileMayHaveAsManyBytesAsTheLimit() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "0123456789");
        assertThat(InputFile.text(file, 10)).isEqualTo("0123456789");
        assertThatThrownBy(() -> InputFile.bytes(file, 9)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it has 10 bytes, more than the 9 that such a file can need");
    }

    @Test
    void theLimitHoldsWhileReading() {
        Path grown = Path.of("/proc/self/maps");
        requireThat(Files.isRegularFile(grown), "a system with files whose size is not told");
        assertThatThrownBy(() -> InputFile.bytes(grown, 100)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it has more bytes than its size says, more than the 100");
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = Files.write(directory.resolve("a"), "a\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> InputFile.text(file, 10)).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot read " + file + ": it is not text in UTF-8, from byte 1; convert it to UTF-8.");
    }

    @Test
    void aChannelReadsAnywhere() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "0123456789");
        try (FileChannel channel = InputFile.channel(file)) {
            assertThat(channel.size()).isEqualTo(10);
        }
    }
}
