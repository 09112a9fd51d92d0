package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;

/** What happens to places that a user names: nothing that is not asked for, and all of it said before work begins. */
class GivenPlacesTest {
    private static final Path STORIES = Path.of("../core/src/test/resources/org/thalweg/published/stories260k");

    @TempDir
    private Path directory;

    private Path model;

    @BeforeEach
    void copy() throws IOException {
        model = Files.createDirectory(directory.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(STORIES.resolve(file), model.resolve(file));
        }
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            return left.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String[]> writing(String model, String alignment, String out) {
        return List.of(
                new String[] {"scramble", model, "--out", out, "--overwrite"},
                new String[] {"align", model, model, "--out", out, "--overwrite"},
                new String[] {"apply", alignment, model, "--out", out, "--overwrite"},
                new String[] {"canonical", model, "--out", out, "--overwrite"});
    }

    private String alignment() {
        String moved = place("moved");
        assertThat(Ran.command("scramble", model.toString(), "--out", moved).code()).isZero();
        return moved + "/alignment.json";
    }

    @Test
    void noCommandReplacesWhatIsNotWhollyAModel() throws IOException {
        String alignment = alignment();
        Path project = Files.createDirectory(directory.resolve("project"));
        Files.writeString(project.resolve("config.json"), "{}");
        Path thesis = Files.writeString(project.resolve("thesis.tex"), "mine");
        Path mixed = Files.createDirectory(directory.resolve("mixed"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(model.resolve(file), mixed.resolve(file));
        }
        Path notes = Files.writeString(mixed.resolve("notes.txt"), "mine");
        for (String[] command : writing(model.toString(), alignment, project.toString())) {
            Ran.command(command).failedWith(1, project + " holds 'thesis.tex' and no whole model", "not overwritten");
        }
        for (String[] command : writing(model.toString(), alignment, mixed.toString())) {
            Ran.command(command).failedWith(1, mixed + " holds 'notes.txt', which is no part of its model",
                    "move that elsewhere");
        }
        assertThat(thesis).hasContent("mine");
        assertThat(notes).hasContent("mine");
    }

    @Test
    void placesThatCannotBeWrittenAreToldBeforeTheWorkBegins() throws IOException {
        String alignment = alignment();
        Path file = Files.writeString(directory.resolve("file"), "mine");
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        for (String[] command : writing(model.toString(), alignment, file.resolve("out").toString())) {
            Ran.command(command).failedWith(1, file + " is not a directory");
        }
        for (String[] command : writing(model.toString(), alignment, file.toString())) {
            Ran.command(command).failedWith(1, file + " is not a directory, so it is not overwritten");
        }
        for (String[] command : writing(model.toString(), alignment, link.toString())) {
            Ran.command(command).failedWith(1, link + " is a link");
        }
        for (String[] command : writing(model.toString(), alignment, model.resolve("inner/out").toString())) {
            Ran.command(command).failedWith(2, model.resolve("inner/out") + " is inside " + model);
        }
        for (String[] command : writing(model.toString(), alignment, model.toString())) {
            Ran.command(command).failedWith(2, "would delete " + model);
        }
        Path around = Files.createSymbolicLink(directory.resolve("around"), directory);
        Ran.command("scramble", model.toString(), "--out", around.resolve("model/x").toString())
                .failedWith(2, "is inside " + model);
        Ran.command("study", "run", "quickstart", "--out", file.resolve("run").toString())
                .failedWith(1, file + " is not a directory");
        assertThat(names()).containsExactly("around", "file", "link", "model", "moved", "real");
        assertThat(model).isDirectoryNotContaining(entry -> entry.getFileName().toString().equals("inner"));
    }

    @Test
    void aDiskWithTooLittleRoomIsToldBeforeTheWorkBegins() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        boolean mounted = System.getProperty("os.name").equals("Linux")
                && run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString()) == 0;
        if ("true".equals(System.getenv("CI"))) {
            assertThat(mounted).as("Linux and the right to mount a tmpfs").isTrue();
        }
        assumeThat(mounted).as("Linux and the right to mount a tmpfs").isTrue();
        try {
            Ran.command("scramble", model.toString(), "--out", mount.resolve("out").toString())
                    .failedWith(1, mount.resolve("out") + " needs 1,", "bytes free; free some space");
            assertThat(mount).isEmptyDirectory();
            assertThat(run("mount", "-o", "remount,ro", mount.toString())).isZero();
            Ran.command("scramble", model.toString(), "--out", mount.resolve("out").toString())
                    .failedWith(1, "cannot write " + mount.resolve("out"), "Read-only");
        } finally {
            assertThat(run("umount", mount.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Test
    void companionsThatStayBehindAreNamedOnBothStreams() throws IOException {
        String alignment = alignment();
        Path outside = Files.writeString(directory.resolve("outside"), "secret");
        Files.createSymbolicLink(model.resolve("merges.txt"), outside);
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.createDirectory(model.resolve("additional_chat_templates"));
        Files.writeString(model.resolve("additional_chat_templates/tool.jinja"), "hi");
        for (String[] command : writing(model.toString(), alignment, place("out"))) {
            Ran ran = Ran.command(Stream.concat(Stream.of(command), Stream.of("--json")).toArray(String[]::new));
            assertThat(ran.code()).as(ran.err()).isZero();
            JsonNode left = ran.document().get("companions_left_out");
            assertThat(left).hasSize(1);
            assertThat(left.get(0).get("file").asText()).isEqualTo("merges.txt");
            assertThat(left.get(0).get("reason").asText()).isEqualTo("a link that leads out of the directory");
            assertThat(ran.err()).isEqualTo(
                    "thalweg: 'merges.txt' is not copied: a link that leads out of the directory.\n");
            assertThat(Checkpoint.open(directory.resolve("out")).companions().files())
                    .containsOnlyKeys("additional_chat_templates/tool.jinja", "tokenizer.json");
        }
    }

    @Test
    void everyCommandPutsBackWhatAKilledRunMovedAside() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        String alignment = alignment();
        for (String[] command : List.of(
                new String[] {"inspect", model.toString()}, new String[] {"verify", model.toString(), model.toString()},
                new String[] {"scramble", model.toString(), "--out", place("out")},
                new String[] {"align", place("moved"), model.toString(), "--out", place("out"), "--overwrite"},
                new String[] {"apply", alignment, model.toString(), "--out", place("out"), "--overwrite"},
                new String[] {"canonical", model.toString(), "--out", place("out"), "--overwrite"})) {
            Files.move(model, directory.resolve(".model." + process.pid() + ".old"));
            Files.createDirectory(directory.resolve(".model." + process.pid() + ".part"));
            Files.createDirectory(directory.resolve(".out." + process.pid() + ".part"));
            Ran ran = Ran.command(command);
            assertThat(ran.code()).as(ran.err()).isZero();
            assertThat(ran.err()).isEqualTo("thalweg: put back " + model + ", which a killed run had moved aside.\n");
            assertThat(names()).isSubsetOf("model", "moved", "out");
        }
        Files.move(directory.resolve("moved"), directory.resolve(".moved." + process.pid() + ".old"));
        Ran ran = Ran.command("apply", alignment, model.toString(), "--out", place("out"), "--overwrite");
        assertThat(ran.code()).as(ran.err()).isZero();
        Path link = Files.createSymbolicLink(Files.createDirectory(directory.resolve("links")).resolve("link"), model);
        Files.move(model, directory.resolve(".model." + process.pid() + ".old"));
        assertThat(Ran.command("inspect", link.toString()).code()).isZero();
    }
}
