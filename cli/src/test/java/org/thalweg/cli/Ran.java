package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A command that ran in this virtual machine: its exit code and what it wrote. */
record Ran(int code, String out, String err) {
    static Ran command(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Thalweg.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The one JSON document on standard output; fails when there is more or less. */
    JsonNode document() {
        try {
            return JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().readTree(out);
        } catch (JsonProcessingException refused) {
            throw new AssertionError("no single JSON document: " + out, refused);
        }
    }

    /** Asserts one sentence on standard error, no stack trace, and nothing on standard output. */
    Ran failedWith(int expectedCode, String... parts) {
        assertThat(code).as(err).isEqualTo(expectedCode);
        assertThat(err).startsWith("thalweg: ").contains(parts).doesNotContain("\tat ");
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(out).isEmpty();
        return this;
    }
}
