package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @TempDir
    private Path directory;

    @Test
    void everyCommandOfARehearsalDoesItsWork() throws IOException {
        Rehearsal.main(new String[] {directory.toString()});
        for (String made : new String[] {"columns.npy", "a", "b", "aligned", "canonical", "wide"}) {
            assertThat(directory.resolve(made)).exists();
        }
        Ran verified = Ran.command(
                "verify", directory.resolve("a").toString(), directory.resolve("aligned").toString());
        assertThat(verified.code()).as(verified.err()).isZero();
        assertThat(Ran.command("assign", directory.resolve("costs-64.npy").toString()).code()).isZero();
    }
}
