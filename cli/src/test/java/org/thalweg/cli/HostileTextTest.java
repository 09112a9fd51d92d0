package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.Shown;

/** What strangers write into files never reaches the terminal as anything but text, and never breaks a document. */
class HostileTextTest {
    /** Clears the screen, sets the title, turns text around, begins a line of its own. */
    private static final String HOSTILE = "a\u001b[2J\u001b]0;t\u0007\u009b31m\u202egnp\u2066\r\nthalweg: done";

    @TempDir
    private Path directory;

    private static void assertHarmless(Ran ran) {
        for (String text : List.of(ran.out(), ran.err())) {
            assertThat(text.lines().map(line -> line.replaceFirst("^\t+(?=at |\\.\\.\\. )", "")))
                    .allSatisfy(line -> assertThat(line.codePoints().allMatch(Shown::isPrintable)).as(line).isTrue());
            assertThat(text).doesNotContain("\nthalweg: done").doesNotContain("should not have happened");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"barrier", "inspect", "verify", "apply", "align", "identify", "assign"})
    void namesOfFilesAreShownWithoutTheirControlCharacters(String command) {
        String place = directory.resolve(HOSTILE).toString();
        boolean two = !List.of("barrier", "inspect", "assign").contains(command);
        String[] arguments = two ? new String[] {command, place, place} : new String[] {command, place};
        assertHarmless(Ran.command(arguments));
        String[] json = two ? new String[] {command, place, place, "--json"} : new String[] {command, place, "--json"};
        Ran failed = Ran.command(json);
        assertHarmless(failed);
        assertThat(failed.document().get("exit_code").asInt()).isPositive();
        assertThat("thalweg: " + failed.document().get("error").asText()).isEqualTo(failed.err().strip());
    }

    @Test
    void argumentsAreShownWithoutTheirControlCharacters() {
        assertHarmless(Ran.command(HOSTILE));
        assertHarmless(Ran.command("inspect", "--" + HOSTILE));
        assertHarmless(Ran.command("study", "show", HOSTILE));
        assertHarmless(Ran.command("barrier", HOSTILE, "--stacktrace"));
    }

    @Test
    void namesOfTensorsAndFamiliesAreShownWithoutTheirControlCharacters() throws IOException {
        Path model = Files.createDirectory(directory.resolve("model" + "\u001b[2J"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"own\\u001b[2J\\u202e\"}");
        Files.write(model.resolve("model.safetensors"), tensors("w\\u001b[2J\\u202e\\nthalweg: done"));
        Path spec = directory.resolve("own.yaml");
        Files.writeString(spec, "name: own\nignore: ['w*']\n");
        for (Ran ran : List.of(
                Ran.command("inspect", model.toString()),
                Ran.command("inspect", model.toString(), "--spec", spec.toString()),
                Ran.command("inspect", model.toString(), "--spec", spec.toString(), "--json"))) {
            assertHarmless(ran);
        }
        JsonNode shown = Ran.command("inspect", model.toString(), "--spec", spec.toString(), "--json").document();
        assertThat(shown.toString()).contains("own");
    }

    /** A safetensors file with one tensor of one byte. */
    private static byte[] tensors(String name) {
        byte[] header = ("{\"" + name + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}")
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 1).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).put((byte) 1).array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "."})
    void aDirectoryIsNoAlignment(String place) throws IOException {
        Path model = Files.createDirectory(directory.resolve("m"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"own\"}");
        Files.write(model.resolve("model.safetensors"), tensors("w"));
        Path spec = directory.resolve("own.yaml");
        Files.writeString(spec, "name: own\nspaces: [{name: a, group: none}]\ntensors: [{name: w, axes: [a]}]\n");
        Ran.command("apply", place, model.toString(), "--spec", spec.toString(), "--unchecked",
                        "--out", directory.resolve("out").toString())
                .failedWith(1, "it is a directory");
    }
}
