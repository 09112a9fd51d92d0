package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class TextFilesTest {
    @TempDir
    private Path directory;

    @Test
    void aDirectorysTextsAreInTheOrderOfTheirNames() throws IOException {
        Files.writeString(directory.resolve("b.txt"), "second");
        Files.writeString(directory.resolve("a.tokens"), "first");
        Files.writeString(directory.resolve("c.txt"), " \n");
        Files.write(directory.resolve(".d"), new byte[] {(byte) 0xff, 0, 0, 0, 0});
        assertThat(TextFiles.read(directory, 1000)).containsExactly("first", "second");
        assertThat(TextFiles.read(directory, 8)).containsExactly("first", "sec");
        assertThat(TextFiles.read(directory.resolve("b.txt"), 1000)).containsExactly("second");
    }

    @Test
    void aCharacterIsNotCutInTwo() throws IOException {
        Path file = Files.writeString(directory.resolve("a.txt"), "aé€😀z");
        int[] whole = {1, 3, 6, 10, 11};
        for (int most = 1; most <= 12; most++) {
            String text = TextFiles.read(file, most).getFirst();
            assertThat("aé€😀z").startsWith(text);
            int bytes = most;
            assertThat(text.codePointCount(0, text.length())).isGreaterThanOrEqualTo(
                    (int) Arrays.stream(whole).filter(end -> end < bytes).count());
        }
    }

    @Test
    void whatIsNoTextIsNamed() throws IOException {
        Path file = Files.write(directory.resolve("a.txt"), new byte[] {65, (byte) 0xff, 65, 65, 65, 65});
        assertThatThrownBy(() -> TextFiles.read(file, 1000)).isInstanceOf(WorkFailure.class)
                .hasMessage(file + ": expected text in UTF-8, found bytes that are none; convert it to UTF-8.");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> TextFiles.read(empty, 1000)).isInstanceOf(WorkFailure.class)
                .hasMessage(empty + ": expected text in UTF-8, found none; give a file with text.");
        assertThatThrownBy(() -> TextFiles.read(directory.resolve("none"), 1000))
                .isInstanceOf(WorkFailure.class)
                .hasMessageEndingWith("none: there is no such file; check the path.");
    }
}
