package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.study.StudyReader;
import picocli.CommandLine;

/** What scripts may rely on: exit codes, the two streams, one sentence, one JSON document. */
class ContractTest {
    private static final String STUDY = StudyReader.builtIn("quickstart");

    @TempDir
    private Path directory;

    static Stream<List<String>> everyCommand() {
        return Stream.concat(Stream.of(List.of()), below(List.of(), Thalweg.line()).stream());
    }

    private static List<List<String>> below(List<String> path, CommandLine line) {
        List<List<String>> all = new ArrayList<>();
        line.getSubcommands().forEach((name, command) -> {
            List<String> here = Stream.concat(path.stream(), Stream.of(name)).toList();
            all.add(here);
            all.addAll(below(here, command));
        });
        return all;
    }

    static Stream<List<String>> everyCommandThatDoesSomething() {
        return everyCommand().filter(path ->
                !path.isEmpty() && !path.equals(List.of("study")) && !path.equals(List.of("scaling")));
    }

    private static String[] with(List<String> path, String... more) {
        return Stream.concat(path.stream(), Stream.of(more)).toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItself(List<String> path) {
        Ran help = Ran.command(with(path, "--help"));
        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).startsWith("Usage: " + String.join(" ", with(List.of("thalweg"), with(path))));
    }

    @ParameterizedTest
    @MethodSource("everyCommandThatDoesSomething")
    void everyCommandTakesJsonAndNamesUnknownOptions(List<String> path) {
        assertThat(Ran.command(with(path, "--help")).out()).contains("--json");
        Ran.command(with(path, "--frobnicate")).failedWith(2, "--help)");
        Ran failed = Ran.command(with(path, "--frobnicate", "--json"));
        assertThat(failed.code()).isEqualTo(2);
        assertThat(failed.document().get("exit_code").asInt()).isEqualTo(2);
        assertThat("thalweg: " + failed.document().get("error").asText()).isEqualTo(failed.err().strip());
    }

    @ParameterizedTest
    @MethodSource("everyCommandThatDoesSomething")
    void everyCommandWantsAnArgument(List<String> path) {
        Ran.command(with(path)).failedWith(2, "Missing required ");
    }

    @Test
    void commandsAreCalledAsTheyCallThemselves() {
        Thalweg.line().getSubcommands().forEach((name, command) -> assertThat(
                command.getCommandSpec().userObject().getClass().getAnnotation(CommandLine.Command.class).name())
                .isEqualTo(name));
    }

    @Test
    void commandsMayFollowOptions() {
        Ran.command("barrier", "align").failedWith(1, "align");
        assertThat(Ran.command("--stacktrace", "barrier", directory.resolve("no.csv").toString()).err())
                .contains("\tat org.thalweg.").contains("no.csv");
    }

    @Test
    void wrongCommandsAreNamed() {
        assertThat(Ran.command().code()).isEqualTo(2);
        assertThat(Ran.command().err()).contains("Usage: thalweg");
        Ran.command("stuy").failedWith(2, "'stuy'", "did you mean study?");
        Ran.command("study").failedWith(2, "say what to do: run, plan, table, show, report, new");
        Ran.command("scaling").failedWith(2, "say what to do: leverage, hyperparameters, allocation, fit");
        Ran.command("study", "show", "slowstart").failedWith(2, "'slowstart'", "quickstart or mnist or");
        Ran.command("study", "run", "slowstart").failedWith(2, "'slowstart'", "quickstart, mnist");
        Ran.command("study", "run", "quickstart", "--workers", "0").failedWith(2, "--workers is 0");
        Ran.command("study", "run", "quickstart", "--threads", "many").failedWith(2, "--threads", "many");
    }

    @Test
    void missingFilesFailTheWork() {
        Path missing = directory.resolve("missing");
        Ran.command("barrier", missing + ".csv").failedWith(1, missing + ".csv");
        Ran.command("assign", missing + ".npy").failedWith(1, missing + ".npy");
        Ran.command("assign", missing + ".safetensors").failedWith(1, missing + ".safetensors");
        Ran.command("identify", missing.toString(), missing.toString()).failedWith(1, missing.toString());
        Ran.command("study", "report", missing.toString()).failedWith(1, missing.toString());
    }

    @Test
    void studyFilesAreRefusedByKeyAndNumber() throws IOException {
        refused(STUDY.replace("points: 25", "pionts: 25"), "unknown key 'pionts'", "'points'");
        refused(STUDY.replace("heads: 4", "heads: 5"), "vit.heads is 5", "divisor");
        refused(STUDY.replace("selected: 2, experts: 4", "selected: 5, experts: 4"), "k = 5", "4 experts");
        refused(STUDY.replace("seed: 1", "seed: one"), "seed");
        refused(STUDY.replace("fashion-mnist-subset", "fashion"), "unknown data set 'fashion'");
        refused("", "study");
        refused("study: [unclosed", "study.yaml");
    }

    private void refused(String study, String... parts) throws IOException {
        Path file = directory.resolve("study.yaml");
        Files.writeString(file, study);
        String out = directory.resolve("run").toString();
        Ran.command("study", "run", file.toString(), "--out", out).failedWith(2, parts);
        assertThat(Path.of(out)).doesNotExist();
    }

    @Test
    void truncatedDataAreNamed() throws IOException {
        Path data = Files.createDirectory(directory.resolve("mnist"));
        for (String name : List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                "t10k-labels-idx1-ubyte")) {
            try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(data.resolve(name + ".gz")))) {
                file.write(new byte[] {0, 0, 8, (byte) (name.contains("images") ? 3 : 1), 0, 0});
            }
        }
        Path file = directory.resolve("study.yaml");
        Files.writeString(file, STUDY.replace("fashion-mnist-subset", "mnist"));
        String out = directory.resolve("run").toString();
        Ran.command("study", "run", file.toString(), "--data", data.toString(), "--out", out)
                .failedWith(1, data.toString(), "-ubyte.gz");
    }

    @Test
    void failuresAreOneDocumentToo() throws IOException {
        Path curve = directory.resolve("curve.csv");
        Files.writeString(curve, "t,loss\n0,1\n1,x\n");
        Ran failed = Ran.command("barrier", curve.toString(), "--json");
        assertThat(failed.code()).isOne();
        JsonNode document = failed.document();
        assertThat(document.fieldNames()).toIterable().containsExactly("error", "exit_code");
        assertThat(document.get("error").asText()).contains("line 3: loss must be a number, found 'x'.");
        assertThat(failed.err()).isEqualTo("thalweg: " + document.get("error").asText() + System.lineSeparator());
    }

    @Test
    void jsonTakesNoValue() {
        for (String given : List.of("--json=true", "--json=false", "--json=")) {
            Ran refused = Ran.command("study", "show", "quickstart", given);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.document().get("error").asText())
                    .isEqualTo("--json takes no value, found '" + given + "' (see: thalweg --help)");
        }
        // After -- it is a parameter.
        Ran.command("barrier", "--", "--json").failedWith(1, "--json");
        Ran.command("barrier", "--", "--json=true").failedWith(1, "--json=true");
    }

    @Test
    void stackTracesComeOnRequest() {
        Ran shown = Ran.command("barrier", directory.resolve("no.csv").toString(), "--stacktrace");
        assertThat(shown.code()).isOne();
        assertThat(shown.err()).contains("\tat org.thalweg.").contains("thalweg: ");
    }

    @Test
    void showsStudiesAsTheyAreAndAsJson() {
        Ran shown = Ran.command("study", "show", "quickstart");
        assertThat(shown.code()).isZero();
        assertThat(StudyReader.parse(shown.out(), "shown")).isEqualTo(StudyReader.read("quickstart"));
        assertThat(Ran.command("study", "show", "mnist", "--json").document().get("study").asText())
                .isEqualTo(StudyReader.read("mnist").study());
    }
}
