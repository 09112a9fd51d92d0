package org.thalweg.merging.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

class MergeFileTest {
    private static final String FIRST = """
            # The first of two.
            name: first
            merge_method: linear
            models: [{model: a}, {model: b}]
            parameters: {weight: 1}
            """;
    private static final String SECOND = """
            merge_method: slerp
            base_model: first
            models: [{model: c}]
            parameters: {t: 0.5}  # half
            """;

    @Test
    void resultsOfOneMergeAreModelsOfTheNext(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("merge.yml"), FIRST + "---\n" + SECOND);
        List<MergeConfiguration> merges = MergeFile.read(file);
        assertThat(merges).extracting(MergeConfiguration::name).containsExactly(Optional.of("first"), Optional.empty());
        assertThat(merges.getLast().models()).containsExactly("first", "c");
    }

    @Test
    void textOfEachMergeIsKeptAsItWasWritten() {
        assertThat(Configurations.all("---\n" + FIRST + "--- # next\n" + SECOND + "---\n"))
                .extracting(merge -> merge.text().yaml()).containsExactly(FIRST, "# next\n" + SECOND);
        assertThat(Configurations.one(FIRST).text().yaml()).isEqualTo(FIRST);
    }

    @Test
    void linesAreCountedThroughTheWholeFile() {
        assertThatThrownBy(() -> Configurations.all(FIRST + "---\n" + SECOND.replace("t: 0.5", "t: half")))
                .isInstanceOf(WrongUse.class)
                .hasMessage("merge.yml line 10: the parameter 't' is 'half', expected a finite number.");
    }

    @Test
    void mergeComesAfterThoseWhoseResultsItUsesWhereverItStands() {
        assertThat(names("---\n" + linear("", "x", "y") + linear("x", "y", "a") + linear("y", "a", "b")))
                .containsExactly("y", "x", "");
    }

    @Test
    void lastOfTheFileIsTheResultWhereAllHaveNames() {
        assertThat(names("---\n" + linear("one", "a", "b") + linear("two", "a", "one"))).containsExactly("one", "two");
        assertThatThrownBy(() -> names("---\n" + linear("two", "a", "one") + linear("one", "a", "b")))
                .isInstanceOf(WrongUse.class)
                .hasMessageContaining("the last merge of the file is used by another one");
    }

    @Test
    void pathOfAnOlderFileIsTheNameOfItsMerge() {
        List<MergeConfiguration> merges = Configurations.all(
                SECOND.replace("first", "b") + "out_path: ./out\n---\n" + SECOND.replace("first", "./out"));
        assertThat(merges.getFirst().name()).contains("./out");
        assertThat(merges.getFirst().text().warnings()).singleElement().asString().contains("'out_path' is taken as");
    }

    @Test
    void twoMergesWithoutANameAreRefused() {
        assertThatThrownBy(() -> names("---\n" + linear("", "a", "b") + linear("", "a", "b")))
                .isInstanceOf(WrongUse.class).hasMessageStartingWith("merge.yml line 5: a second merge has no 'name'");
    }

    @Test
    void oneNameForTwoMergesIsRefused() {
        assertThatThrownBy(() -> names("---\n" + linear("m", "a", "b") + linear("m", "a", "b")))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("merge.yml line 6: a second merge has the name 'm'");
    }

    @Test
    void mergeThatUsesItsOwnResultIsRefused() {
        assertThatThrownBy(() -> names("---\n" + linear("m", "a", "n") + linear("n", "m", "b") + linear("", "a", "b")))
                .isInstanceOf(WrongUse.class).hasMessageContaining("uses its own result, by way of 'm', 'n'");
    }

    @Test
    void fileThatIsNotThereOrTooLargeIsAFailure(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> MergeFile.read(directory.resolve("none.yml"))).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("there is no such file");
        Path large = Files.writeString(directory.resolve("large.yml"), "# " + "x".repeat(1 << 20));
        assertThatThrownBy(() -> MergeFile.read(large)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("check that it is the right file");
    }

    private static List<String> names(String yaml) {
        return Configurations.all(yaml).stream().map(merge -> merge.name().orElse("")).toList();
    }

    private static String linear(String name, String one, String other) {
        return (name.isEmpty() ? "" : "name: " + name + "\n") + "merge_method: linear\nmodels: [{model: " + one
                + "}, {model: " + other + "}]\n---\n";
    }
}
