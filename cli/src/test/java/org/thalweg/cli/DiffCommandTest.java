package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code diff} on directories. */
class DiffCommandTest {
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    private Path directory;

    private static ObjectNode config() throws IOException {
        return (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
                 "rope_theta": 100.0}
                """);
    }

    private String write(String name, ObjectNode config, UnaryOperator<Parameters> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config,
                    change.apply(SmallDecoders.of(config).initialise(Random.seeded(1))), Map.of());
        }
        return place.toString();
    }

    @Test
    void theAccountOfModelsThatCanBeMergedHasTheKeysThatScriptsRelyOn() throws IOException {
        String a = write("a", config(), model -> model);
        String b = write("b", config().put("rope_theta", 200.0).put("use_cache", true), model -> model.mapNamed(
                (name, tensor) -> name.equals(QUERY) ? tensor.multiply(1.5) : tensor));
        Ran ran = Ran.command("diff", a, b, "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        JsonNode found = ran.document();
        assertThat(found.fieldNames()).toIterable().containsExactly("a", "b", "families", "alignable", "mergeable",
                "reasons", "warnings", "relation", "advice", "config_differences", "tokenizer", "embedding_rows",
                "ties", "tensors");
        assertThat(found.get("alignable").booleanValue()).isTrue();
        assertThat(found.get("mergeable").booleanValue()).isTrue();
        assertThat(found.get("reasons")).isEmpty();
        assertThat(found.get("relation").asText()).isEqualTo("shared_base");
        assertThat(found.get("config_differences").toString()).isEqualTo(
                "[{\"field\":\"rope_theta\",\"a\":100.0,\"b\":200.0,\"changes_function\":true},"
                        + "{\"field\":\"use_cache\",\"b\":true,\"changes_function\":false}]");
        JsonNode tensors = found.get("tensors");
        assertThat(tensors.fieldNames()).toIterable().containsExactly("in_both", "names_only_in_a", "names_only_in_b",
                "shapes", "types", "measured", "distance", "relative_distance", "cosine", "norm_a", "norm_b", "worst",
                "layers", "not_finite", "not_measured");
        assertThat(tensors.get("worst")).hasSize(1);
        assertThat(tensors.get("worst").get(0).get("name").asText()).isEqualTo(QUERY);
        assertThat(tensors.get("worst").get(0).get("relative_distance").doubleValue()).isBetween(0.4999, 0.5001);
        assertThat(tensors.get("layers")).hasSize(5);
    }

    @Test
    void modelsThatCannotBeMergedEndWithOneAndTheWholeAccount() throws IOException {
        String a = write("a", config(), model -> model);
        String b = write("b", config(), model -> model.filter(name -> !name.equals(QUERY)));
        Ran json = Ran.command("diff", a, b, "--json");
        assertThat(json.code()).isOne();
        assertThat(json.err()).isEmpty();
        assertThat(json.document().get("mergeable").booleanValue()).isFalse();
        assertThat(json.document().get("reasons")).hasSize(2);
        assertThat(json.document().at("/tensors/names_only_in_a/0").asText()).isEqualTo(QUERY);
        Ran text = Ran.command("diff", a, b);
        assertThat(text.code()).isOne();
        assertThat(text.err()).isEmpty();
        assertThat(text.out()).contains("A: " + a + ", llama", "  only in A   '" + QUERY + "'",
                "  alignable   no", "  mergeable   no", "  because     the models cannot be merged: " + b);
    }

    @Test
    void textTellsWhatDiffersAndWhatToDo() throws IOException {
        String a = write("a", config(), model -> model);
        String b = write("b", config().put("rms_norm_eps", 1e-6), model -> model.mapNamed((name, tensor) ->
                name.equals(QUERY) ? tensor.multiply(Double.NaN) : tensor));
        assertThat(Ran.command("diff", a, a).out()).contains(
                "  config      equal", "  tokenizer   none beside either",
                "  names       21 in both, 0 only in A, 0 only in B", "  mergeable   yes", "a merge changes nothing");
        assertThat(Ran.command("diff", a, b).out()).contains(
                "  config      rms_norm_eps: 1.0E-5, 1.0E-6; changes the function",
                "  not finite  '" + QUERY + "' in B",
                "  mergeable   no");
    }

    @Test
    void aNameThatWouldMoveTheCursorIsShownHarmlessly() throws IOException {
        String a = write("a", config(), model -> model);
        String b = write("b", config().put("a\u001b[31m", "\u001b[2J"), model -> model);
        assertThat(Ran.command("diff", a, b).out()).doesNotContain("\u001b").contains("\\u001b");
    }

    @Test
    void whatIsNoModelIsOneSentence() throws IOException {
        String a = write("a", config(), model -> model);
        String empty = Files.createDirectory(directory.resolve("empty")).toString();
        Ran.command("diff", a, empty).failedWith(1, empty + " has no config.json");
        Ran.command("diff", directory.resolve("nowhere").toString(), a).failedWith(1, "there is no directory");
        Ran.command("diff", a).failedWith(2, "Missing required parameter");
    }
}
