package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code canonical} on directories. */
class CanonicalCommandTest {
    @TempDir
    private Path directory;
    private String model = "";

    @BeforeEach
    void writeModel() throws IOException {
        model = write("a", """
                {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
                 "rope_theta": 100.0}
                """);
    }

    private String write(String name, String json) throws IOException {
        ObjectNode config = (ObjectNode) JsonMapper.builder().build().readTree(json);
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config, SmallDecoders.of(config)
                    .initialise(Random.seeded(1)), Map.of());
        }
        return place.toString();
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    private static JsonNode succeeded(String... arguments) {
        Ran ran = Ran.command(arguments);
        assertThat(ran.code()).as(ran.err() + ran.out()).isZero();
        return ran.document();
    }

    @Test
    void theFormIsProvedAndItsStreamMayBeRotated() {
        JsonNode done = succeeded("canonical", model, "--out", place("b"), "--json");
        assertThat(done.get("out").asText()).isEqualTo(place("b"));
        assertThat(done.get("forms").toString()).isEqualTo("[\"norms\",\"units\",\"circuits\"]");
        assertThat(done.get("verified").booleanValue()).isTrue();
        assertThat(done.get("max_rel_difference").doubleValue()).isLessThan(1e-12);
        assertThat(done.get("stored_max_rel_difference").doubleValue()).isBetween(1e-9, 1e-5);
        assertThat(done.get("left").isEmpty()).isTrue();
        assertThat(done.get("untied_head").booleanValue()).isFalse();
        JsonNode account = succeeded("inspect", place("b"), "--json");
        assertThat(account.get("spaces").toString()).contains("\"orthogonal\"");
        succeeded("scramble", place("b"), "--out", place("c"), "--groups", "orthogonal", "--json");
        assertThat(succeeded("verify", model, place("c"), "--json").get("verified").booleanValue()).isTrue();
    }

    @Test
    void textNamesFormsAndProof() throws IOException {
        String gpt2 = write("g", """
                {"model_type": "gpt2", "vocab_size": 13, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 9,
                 "n_inner": null}
                """);
        Ran ran = Ran.command("canonical", gpt2, "--out", place("b"), "--forms", "layer-norms");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("  forms     layer-norms", "  head      lm_head.weight is a tensor of its own",
                "in float64 with RMSNorm in place of LayerNorm", "after rounding to the stored types");
    }

    @Test
    void wrongUseIsOneSentence() {
        Ran.command("canonical", model, "--out", place("b"), "--forms", "norm")
                .failedWith(2, "there is no canonical form 'norm'", "norms, layer-norms, units, circuits");
        Ran.command("canonical", model, "--out", place("b"), "--forms", "layer-norms")
                .failedWith(2, "has no form 'layer-norms'", "whose form is 'norms'");
        assertThat(directory.resolve("b")).doesNotExist();
        assertThat(Ran.command("canonical", model, "--out", place("b")).code()).isZero();
        Ran.command("canonical", model, "--out", place("b")).failedWith(1, place("b") + " exists already");
        assertThat(Ran.command("canonical", model, "--out", place("b"), "--overwrite").code()).isZero();
        Ran.command("canonical", model, "--out", model, "--overwrite").failedWith(2, "would delete");
    }
}
