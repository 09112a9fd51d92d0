package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir
    private Path directory;

    @Test
    void aPlaceThatCannotBeWrittenIsNamedWithWhatToSet() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(NativeLibraries.whyNotUnpacked(file)).hasValueSatisfying(why -> assertThat(why)
                .contains(file + ", which cannot be written; "
                        + "set THALWEG_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir="));
    }

    @Test
    void askingLeavesNothingBehind() throws IOException {
        NativeLibraries.whyNotUnpacked(directory);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void modelsChooseThreads() {
        Engine.useThreadsForModel(10_000);
        assertThat(Engine.threadsPerOperation()).isOne();
    }
}
