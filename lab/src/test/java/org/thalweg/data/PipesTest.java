package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.failure.WorkFailure;
import org.thalweg.results.ResultsFile;
import org.thalweg.study.StudyReader;

/** What never ends or never begins is refused, not waited for. */
class PipesTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsNoRegularFileIsRefusedByEveryReader() throws IOException, InterruptedException {
        boolean made = Files.isExecutable(Path.of("/usr/bin/mkfifo"));
        Platform.require(made, "a system with mkfifo");
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor()).isZero();
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/zero"));
        List<Consumer<Path>> readers = List.of(TokenIds::read, file -> TextFiles.read(file, 100), Tokenizer::ofFile,
                file -> IdxFile.read(file, 3), DirectoryTree::readFile, Md5::ofFile,
                file -> new TarGz(file, TarLimits.forArchive(file)).read(path -> true),
                file -> StudyReader.read(file.toString()), ResultsFile::read);
        for (Consumer<Path> reader : readers) {
            for (Path file : List.of(pipe, link)) {
                assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThatThrownBy(() -> reader.accept(file))
                        .isInstanceOf(WorkFailure.class)
                        .hasMessageContaining("cannot read " + file + ": it is a pipe, a socket or a device"));
            }
        }
    }
}
