package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

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
    void inAPlaceForAllUsersTheDirectoryIsThisUsersAlone() throws IOException {
        Path own = NativeLibraries.own(directory);
        assertThat(own).isDirectory();
        assertThat(NativeLibraries.own(directory)).isEqualTo(own);
        assertThat(directory).isDirectoryNotContaining(entry -> !entry.equals(own));
        Files.delete(own);
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(own, elsewhere);
        assertThatThrownBy(() -> NativeLibraries.own(directory)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(own + " may be written by other users")
                .hasMessageContaining("-Dorg.bytedeco.javacpp.cachedir=DIR");
        Files.delete(own);
        Files.createDirectory(own);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> NativeLibraries.own(directory)).isInstanceOf(WorkFailure.class);
    }

    @Test
    void modelsChooseThreads() {
        Engine.useThreadsForModel(10_000);
        assertThat(Engine.threadsPerOperation()).isOne();
    }
}
