package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class TokenIdsTest {
    @TempDir
    private Path directory;

    @Test
    void textsAreRead() throws IOException {
        Path file = Files.writeString(directory.resolve("ids.json"), "[[1, 403], [], [7]]");
        assertThat(TokenIds.read(file)).containsExactly(new int[] {1, 403}, new int[0], new int[] {7});
    }

    @Test
    void whatIsNoArrayOfArraysIsNamed() throws IOException {
        Path file = directory.resolve("ids.json");
        Map<String, String> found = Map.of(
                "{}", "no array", "[1]", "entry 0 is no array", "[[1], {\"a\": 1}]", "entry 0 of text 1 is no token id",
                "[[1, -2]]", "entry 1 of text 0 is no token id", "[[1.5]]", "entry 0 of text 0 is no token id",
                "[[4294967296]]", "entry 0 of text 0 is no token id", "[[1]", "text that is no JSON");
        for (Map.Entry<String, String> entry : found.entrySet()) {
            Files.writeString(file, entry.getKey());
            assertThatThrownBy(() -> TokenIds.read(file)).isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith(file + ": expected an array of arrays of token ids, such as "
                            + "[[1, 403], [1, 9]], found " + entry.getValue())
                    .hasMessageEndingWith("; write it so, or give text in a file of another ending.");
        }
    }
}
