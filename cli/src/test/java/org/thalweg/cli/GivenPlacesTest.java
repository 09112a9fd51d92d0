package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                new String[] {"canonical", model, "--out", out, "--overwrite"},
                new String[] {"widen", model, "--out", out, "--hidden", "200", "--overwrite"});
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
    void aDiskWithTooLittleRoomIsToldBeforeTheWorkBegins() throws IOException {
        // Of holes alone, so that it takes no room itself.
        Path large = largerThan(2 * Files.getFileStore(directory).getUsableSpace());
        Ran.command("scramble", large.toString(), "--out", place("out"))
                .failedWith(1, place("out") + " needs ", "bytes free; free some space");
        assertThat(names()).containsExactly("large", "model");
    }

    /** A Llama of one layer and many tokens, with all weights 0. */
    private Path largerThan(long bytes) throws IOException {
        int width = 8192;
        long tokens = bytes / (8L * width) + 1;
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (String map : List.of("q", "k", "v", "o")) {
            shapes.put("model.layers.0.self_attn." + map + "_proj.weight", new long[] {width, width});
        }
        shapes.put("model.layers.0.mlp.gate_proj.weight", new long[] {8, width});
        shapes.put("model.layers.0.mlp.up_proj.weight", new long[] {8, width});
        shapes.put("model.layers.0.mlp.down_proj.weight", new long[] {width, 8});
        shapes.put("model.layers.0.input_layernorm.weight", new long[] {width});
        shapes.put("model.layers.0.post_attention_layernorm.weight", new long[] {width});
        shapes.put("model.norm.weight", new long[] {width});
        shapes.put("model.embed_tokens.weight", new long[] {tokens, width});
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        long end = 0;
        for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F64");
            Arrays.stream(tensor.getValue()).forEach(entry.putArray("shape")::add);
            long begin = end;
            end += 8 * Arrays.stream(tensor.getValue()).reduce(1, Math::multiplyExact);
            entry.putArray("data_offsets").add(begin).add(end);
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        Path large = Files.createDirectory(directory.resolve("large"));
        try (RandomAccessFile file = new RandomAccessFile(large.resolve("model.safetensors").toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(text.length));
            file.write(text);
            file.setLength(8 + text.length + end);
        }
        Files.writeString(large.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": %d, "hidden_size": 8192, "num_hidden_layers": 1,
                 "num_attention_heads": 64, "intermediate_size": 8, "tie_word_embeddings": true}
                """.formatted(tokens));
        return large;
    }

    @Test
    void aPlaceThatCannotBeWrittenIsToldBeforeTheWorkBegins() {
        // Where nobody can make a file, not even root.
        Platform.require(Files.isDirectory(Path.of("/proc/self")), "a system with /proc");
        Ran.command("scramble", model.toString(), "--out", "/proc/out").failedWith(1, "cannot write /proc/out");
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
