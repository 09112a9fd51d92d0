package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;

class TarGzTest {
    private static final TarLimits WIDE = new TarLimits(10, 1 << 20, 1 << 20, 1 << 20);

    @TempDir
    private Path directory;

    private Path archive(Map<String, byte[]> files) {
        return TarBytes.write(directory.resolve("a.tar.gz"), files);
    }

    @Test
    void keepsOnlyWantedFilesAndDropsTheOuterDirectory() {
        Path file = archive(Map.of("./outer/train/a.png", new byte[] {1}, "./outer/notes.txt", new byte[] {2},
                "./outer/train/", new byte[0]));
        ArchiveTree tree = new TarGz(file, WIDE).read(path -> path.endsWith(".png"));
        assertThat(tree.files()).containsExactly("train/a.png");
        assertThat(tree.directories()).containsExactly("train");
        assertThat(tree.read("train/a.png")).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train/../../evil.png", "../evil.png", "/etc/evil.png", "train\\..\\evil.png"})
    void refusesEntriesThatPointOutside(String path) {
        assertRefused(archive(Map.of(path, new byte[1])), WIDE, "a.tar.gz: expected only entries inside the archive, "
                + "found an entry '" + path + "'; do not trust this archive.");
    }

    @Test
    void refusesLinks() {
        assertRefused(archive(Map.of("train/a@", new byte[0])), WIDE,
                "expected only files and directories, found 'train/a@', a link, device or sparse file; pack the files");
    }

    @Test
    void refusesWhatUnfoldsTooFar() {
        Path file = archive(Map.of("a", new byte[3000], "b", new byte[3000]));
        String remedy = "; if you trust it, unpack it and pass the directory.";
        assertRefused(file, new TarLimits(1, 1 << 20, 1 << 20, 1 << 20), "at most 1 entries, found more" + remedy);
        assertRefused(file, new TarLimits(9, 2000, 1 << 20, 1 << 20), "at most 2000 bytes in one file, found 3000 in ");
        assertRefused(file, new TarLimits(9, 1 << 20, 5000, 1 << 20),
                "at most 5000 bytes of data, as Java's memory allows, found more");
        assertRefused(file, new TarLimits(9, 1 << 20, 1 << 20, 4000),
                "at most 4000 bytes when unpacked, found more" + remedy);
    }

    @Test
    void countsSkippedEntriesToo() {
        Path file = archive(Map.of("big.txt", new byte[30_000_000]));
        assertThatThrownBy(() -> new TarGz(file, WIDE).read(path -> false)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("at most 1048576 bytes when unpacked");
    }

    @Test
    void refusesTruncatedArchivesAndOtherFiles() throws IOException {
        Path file = archive(Map.of("a", new byte[3000]));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 8; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(file, WIDE, "a.tar.gz: expected a whole and readable file, found '");
        }
        Files.write(file, new byte[2000]);
        assertRefused(file, WIDE, "found 'Not in GZIP format' while reading; get the file again.");
    }

    private static void assertRefused(Path file, TarLimits limits, String part) {
        assertThatThrownBy(() -> new TarGz(file, limits).read(path -> true))
                .isInstanceOf(WorkFailure.class).hasMessageContaining(part);
    }
}
