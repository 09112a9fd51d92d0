package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

class PathCommandTest {
    private static final String LLAMA = """
            {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
             "rope_theta": 100.0, "max_position_embeddings": 8}
            """;

    @TempDir
    private Path directory;

    private String model(String name, String config, long seed) throws IOException {
        ObjectNode node = (ObjectNode) JsonMapper.builder().build().readTree(config);
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, node, SmallDecoders.of(node).initialise(Random.seeded(seed)), Map.of());
        }
        return place.toString();
    }

    private String ids() throws IOException {
        return Files.writeString(directory.resolve("ids.json"),
                "[" + IntStream.range(0, 60).mapToObj(i -> i * i % 13).toList() + "]").toString();
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void theEndsAreWhatEvaluateSays() throws IOException {
        String a = model("a", LLAMA, 1);
        String b = model("b", LLAMA, 2);
        JsonNode path = Ran.command("path", a, b, "--data", ids(), "--json").document();
        assertThat(path.get("t").size()).isEqualTo(25);
        assertThat(path.get("loss").size()).isEqualTo(25);
        assertThat(path.get("accuracy").size()).isEqualTo(25);
        for (String key : new String[] {"loss_barrier", "loss_barrier_at", "loss_auc", "accuracy_barrier"}) {
            assertThat(path.get(key).isNumber()).as(key).isTrue();
        }
        assertThat(path.get("window").asInt()).isEqualTo(8);
        assertThat(path.get("conventions").get("t").asText()).contains("t=0 is A, t=1 is B");
        for (String[] end : new String[][] {{a, "at_a"}, {b, "at_b"}}) {
            JsonNode alone = Ran.command("evaluate", end[0], "--data", ids(), "--json").document();
            for (String key : new String[] {"loss", "perplexity", "accuracy"}) {
                assertThat(path.get(end[1]).get(key)).isEqualTo(alone.get(key));
            }
            assertThat(path.get("answers")).isEqualTo(alone.get("answers"));
        }
    }

    @Test
    void circuitsAreMeasuredBesideTheStoredWeights() throws IOException {
        String gpt2 = """
                {"model_type": "gpt2", "vocab_size": 13, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 8}
                """;
        for (String config : new String[] {gpt2, LLAMA}) {
            boolean isLlama = config.equals(LLAMA);
            String a = model("a" + isLlama, config, 1);
            String b = model("b" + isLlama, config, 2);
            JsonNode path = Ran.command("path", a, b, "--data", ids(), "--points", "5", "--circuits", "--report",
                    place("report" + isLlama), "--json").document();
            JsonNode circuits = path.get("circuits");
            assertThat(circuits.get("query_key").asBoolean()).isNotEqualTo(isLlama);
            assertThat(circuits.has("query_key_kept")).isEqualTo(isLlama);
            assertThat(circuits.get("loss").size()).isEqualTo(5);
            for (int end : new int[] {0, 4}) {
                assertThat(circuits.get("loss").get(end).asDouble())
                        .isCloseTo(path.get("loss").get(end).asDouble(), within(1e-5));
            }
            assertThat(circuits.get("loss").get(2)).isNotEqualTo(path.get("loss").get(2));
            assertThat(circuits.get("loss_barrier").isNumber()).isTrue();
            assertThat(Ran.command("path", a, b, "--data", ids(), "--points", "3", "--json").document()
                    .has("circuits")).isFalse();
        }
        Ran.command("path", place("atrue"), place("btrue"), place("atrue"), "--data", ids(), "--circuits")
                .failedWith(2, "--circuits is for two models");
    }

    @Test
    void thePointsAreReadByBarrier() throws IOException {
        String csv = place("curve.csv");
        JsonNode path = Ran.command("path", model("a", LLAMA, 1), model("b", LLAMA, 2), "--data", ids(), "--points",
                "7", "--csv", csv, "--json").document();
        JsonNode barrier = Ran.command("barrier", csv, "--json").document();
        assertThat(barrier.get("points").asInt()).isEqualTo(7);
        assertThat(barrier.get("loss").get("barrier")).isEqualTo(path.get("loss_barrier"));
        assertThat(barrier.get("loss").get("auc_signed")).isEqualTo(path.get("loss_auc"));
        assertThat(barrier.get("accuracy").get("barrier")).isEqualTo(path.get("accuracy_barrier"));
        Ran.command("path", place("a"), place("b"), "--data", ids(), "--csv", csv)
                .failedWith(1, "curve.csv exists already");
    }

    @Test
    void aReportIsANewDirectory() throws IOException {
        String report = place("report");
        Ran ran = Ran.command("path", model("a", LLAMA, 1), model("b", LLAMA, 2), "--data", ids(), "--points", "3",
                "--report", report);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Loss barrier ").contains("report.html");
        assertThat(directory.resolve("report").toFile().list())
                .containsExactlyInAnyOrder("report.html", "path.json", "path.csv");
        assertThat(directory.resolve("report/report.html")).content().contains("<h1>From a to b</h1>");
        Ran.command("path", place("a"), place("b"), "--data", ids(), "--report", report)
                .failedWith(1, "report exists already");
    }

    @Test
    void threeModelsAreMeasuredOnTheirTriangle() throws IOException {
        String a = model("a", LLAMA, 1);
        String b = model("b", LLAMA, 2);
        String c = model("c", LLAMA, 3);
        JsonNode plane = Ran.command("path", a, b, c, "--data", ids(), "--points", "4", "--json").document();
        assertThat(plane.get("weights").size()).isEqualTo(10);
        assertThat(plane.get("loss").size()).isEqualTo(10);
        assertThat(plane.get("edges").size()).isEqualTo(3);
        JsonNode alone = Ran.command("evaluate", c, "--data", ids(), "--json").document();
        assertThat(plane.get("at_c").get("loss")).isEqualTo(alone.get("loss"));
        JsonNode edge = Ran.command("path", a, c, "--data", ids(), "--points", "4", "--json").document();
        assertThat(plane.get("edges").get(1).get("loss_barrier").asDouble())
                .isCloseTo(edge.get("loss_barrier").asDouble(), within(1e-6));
        JsonNode flat = Ran.command("path", a, a, a, "--data", ids(), "--points", "3", "--json").document();
        assertThat(flat.get("loss_barrier").asDouble()).isCloseTo(0, within(1e-14));
        assertThat(Ran.command("path", a, b, c, "--data", ids(), "--points", "2").out())
                .contains("A to B").contains("B to C").contains("Loss barrier 0.000000 nats");
    }

    @Test
    void modelsWithoutAPathAreRefusedInOneSentence() throws IOException {
        String a = model("a", LLAMA, 1);
        String tied = model(
                "tied", LLAMA.replace("\"rope_theta\"", "\"tie_word_embeddings\": true, \"rope_theta\""), 1);
        Ran.command("path", a, tied, "--data", ids()).failedWith(1, "lm_head.weight");
        String other = model("other", LLAMA.replace("100.0", "200.0"), 1);
        Ran.command("path", a, other, "--data", ids()).failedWith(1, "rope_theta");
        String words = model("words", LLAMA.replace("13", "14"), 1);
        Ran.command("path", a, words, "--data", ids()).failedWith(1, "the vocabulary of ", "has 13 tokens", "has 14");
        Ran.command("path", a, a, "--data", ids(), "--points", "1").failedWith(2, "--points is 1");
        Ran.command("path", a, "--data", ids()).failedWith(2, "B");
    }
}
