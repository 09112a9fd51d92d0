package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** {@code verify --data}. */
class VerifyOnDataTest {
    private static final Path STORIES = Path.of("../core/src/test/resources/org/thalweg/published/stories260k");
    private static final String LLAMA = """
            {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
             "rope_theta": 100.0}
            """;
    private static final String TOKENIZER = """
            {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "the": 1, "cat": 2, "large": 13}}}
            """;

    @TempDir
    private Path directory;

    private String write(String name, String config, UnaryOperator<Parameters> change) throws IOException {
        ObjectNode node = (ObjectNode) JsonMapper.builder().build().readTree(config);
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters model = SmallDecoders.of(node).initialise(Random.seeded(1));
            Checkpoint.write(place, node, change.apply(model), Map.of());
        }
        return place.toString();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private String scrambled(String model) {
        String out = directory.resolve("scrambled").toString();
        assertThat(Ran.command("scramble", model, "--out", out, "--seed", "2").code()).isZero();
        return out;
    }

    @Test
    void textIsTokenisedByTheFirstModelsTokenizer() throws IOException {
        String a = write("a", LLAMA, model -> model);
        String text = file("text.txt", "the cat ".repeat(100));
        Ran.command("verify", a, a, "--data", text).failedWith(1, a + " has no tokenizer.json", "copy the one that");
        Files.writeString(Path.of(a, "tokenizer.json"), TOKENIZER);
        String b = scrambled(a);
        JsonNode found = Ran.command("verify", a, b, "--data", text, "--json").document();
        assertThat(found.get("verified").asBoolean()).isTrue();
        assertThat(found.get("data").asText()).isEqualTo(text);
        // 200 tokens in windows of at most 128.
        assertThat(found.get("inputs").asInt()).isEqualTo(2);
        assertThat(found.get("outputs").asLong()).isEqualTo(200 * 13);
        assertThat(Ran.command("verify", a, b, "--data", text, "--probes", "1").out())
                .contains("over 1,664 outputs of 1 input from " + text);
        Ran.command("verify", a, b, "--data", file("large.txt", "the large cat"))
                .failedWith(1, "large.txt has token 13 in text 0 but the model's vocabulary has 13 tokens");
    }

    @Test
    void tokenIdsNeedNoTokenizer() throws IOException {
        String a = write("a", LLAMA, model -> model);
        String ids = file("ids.json", "[[1, 2, 3], [4, 5, 6], [7, 8]]");
        String b = write("b", LLAMA, model -> model.mapNamed(
                (name, tensor) -> name.equals("model.layers.1.mlp.up_proj.weight") ? tensor.multiply(2) : tensor));
        JsonNode found = Ran.command("verify", a, b, "--data", ids, "--json").document();
        assertThat(found.get("verified").asBoolean()).isFalse();
        assertThat(found.get("inputs").asInt()).isEqualTo(3);
        assertThat(found.get("outputs").asLong()).isEqualTo(8 * 13);
        assertThat(found.get("first_difference").asText()).isEqualTo("layer 1, feed-forward network");
        assertThat(Ran.command("verify", a, b, "--data", ids).out())
                .contains("The first block that differs: layer 1, feed-forward network.");
        Ran.command("verify", a, b, "--data", file("bad.json", "[[1, 99]]"))
                .failedWith(1, "bad.json has token 99 in text 0");
        Ran.command("verify", a, b, "--data", file("empty.json", "[]")).failedWith(1, "empty.json has no tokens");
        Ran.command("verify", a, b, "--data", file("object.json", "{}")).failedWith(1, "found no array");
    }

    @Test
    void gpt2NeedsNoTokenizerFile() throws IOException {
        String a = write("a", """
                {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 4, "n_layer": 1, "n_head": 2, "n_positions": 9}
                """, model -> model);
        String text = file("text.txt", "Hello world, said the cat, and then it said nothing more.");
        JsonNode found = Ran.command("verify", a, scrambled(a), "--data", text, "--json").document();
        assertThat(found.get("verified").asBoolean()).isTrue();
        // Windows have at most as many tokens as the model has positions.
        assertThat(found.get("inputs").asInt()).isEqualTo(2);
    }

    @Test
    void imagesAreThoseOfTheTestSplit() {
        String a = directory.resolve("a").toString();
        VitConfig config = new VitConfig(new ImageSize(1, 28, 28), 14, 8, 2, 1, 6, 10, Optional.empty());
        VitConfig other = new VitConfig(new ImageSize(3, 28, 28), 14, 8, 2, 1, 6, 10, Optional.empty());
        try (Scope scope = Scope.open()) {
            Checkpoint.write(Path.of(a), config.toJson(),
                    VitFamily.network(config).initialise(Random.seeded(2)), Map.of());
            Checkpoint.write(directory.resolve("colour"), other.toJson(),
                    VitFamily.network(other).initialise(Random.seeded(2)), Map.of());
        }
        JsonNode found =
                Ran.command("verify", a, scrambled(a), "--data", "fashion-mnist-subset", "--probes", "33", "--json")
                        .document();
        assertThat(found.get("verified").asBoolean()).isTrue();
        assertThat(found.get("inputs").asInt()).isEqualTo(33);
        assertThat(found.get("outputs").asLong()).isEqualTo(330);
        String colour = directory.resolve("colour").toString();
        Ran.command("verify", colour, colour, "--data", "fashion-mnist-subset")
                .failedWith(1, "fashion-mnist-subset has images of", "but the model takes");
        Ran.command("verify", a, a, "--data", directory.toString()).failedWith(1, "expected IDX files, CIFAR's");
    }

    @Test
    void aPublishedSmallLlamaOnItsOwnTokens() throws IOException {
        JsonNode ids = JsonMapper.builder().build()
                .readTree(STORIES.resolve("expected.json").toFile()).get("greedy_ids_from_bos");
        String data = file("ids.json", "[" + ids + "]");
        JsonNode found =
                Ran.command("verify", STORIES.toString(), scrambled(STORIES.toString()), "--data", data, "--json")
                        .document();
        assertThat(found.get("verified").asBoolean()).isTrue();
        assertThat(found.get("outputs").asLong()).isEqualTo(512L * ids.size());
    }
}
