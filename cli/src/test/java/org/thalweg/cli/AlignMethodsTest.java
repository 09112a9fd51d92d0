package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** Methods of {@code align} that run the models, and more than two models. */
class AlignMethodsTest {
    private static final String LLAMA = """
            {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
             "rope_theta": 100.0, "max_position_embeddings": 8}
            """;

    @TempDir
    private Path directory;

    private String model(String name, long seed) throws IOException {
        ObjectNode config = (ObjectNode) JsonMapper.builder().build().readTree(LLAMA);
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, config, SmallDecoders.of(config).initialise(Random.seeded(seed)), Map.of());
        }
        return place.toString();
    }

    private String ids() throws IOException {
        return Files.writeString(directory.resolve("ids.json"),
                "[" + IntStream.range(0, 400).mapToObj(i -> i * i % 13).toList() + "]").toString();
    }

    private String place(String name) {
        return directory.resolve(name).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"activation", "learned", "soft"})
    void methodsThatRunTheModelsWriteTheSameFunctionAndNameTheirData(String method) throws IOException {
        String data = ids();
        JsonNode done = Ran.command("align", model("a", 1), model("b", 2), "--out", place("out"), "--reference-out",
                place("reference"), "--method", method, "--data", data, "--steps", "4", "--batch", "4", "--json")
                .document();
        assertThat(done.get("verified").asBoolean()).isTrue();
        assertThat(done.get("forms").get(0).asText()).isEqualTo("norms");
        assertThat(done.get("conventions").get("method").asText()).isEqualTo(method);
        assertThat(done.get("conventions").get("data").asText()).isEqualTo(data);
        assertThat(done.get("notes").isEmpty()).isEqualTo(method.equals("activation"));
        assertThat(Ran.command("verify", place("b"), place("out")).code()).isZero();
        assertThat(Ran.command("verify", place("a"), place("reference")).code()).isZero();
    }

    @Test
    void softOrdersMoveBToAnotherFunctionWhichIsSaid() throws IOException {
        Ran ran = Ran.command("align", model("a", 1), model("b", 2), "--out", place("out"), "--reference-out",
                place("reference"), "--soft-out", place("soft"), "--method", "soft", "--data", ids(), "--steps", "4",
                "--batch", "4");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("soft is B moved by soft orders").contains("another function than B");
        assertThat(Ran.command("verify", place("b"), place("out")).code()).isZero();
        assertThat(Ran.command("verify", place("b"), place("soft")).code()).isEqualTo(1);
        assertThat(Ran.command("path", place("reference"), place("soft"), "--data", ids(), "--points", "3").code())
                .isZero();
        Ran.command("align", place("a"), place("b"), "--out", place("other"), "--soft-out", place("softer"))
                .failedWith(2, "--soft-out is for --method soft");
    }

    @Test
    void dataThatDoNotFitTheMethodAreWrongUse() throws IOException {
        String a = model("a", 1);
        String b = model("b", 2);
        Ran.command("align", a, b, "--out", place("out"), "--method", "learned")
                .failedWith(2, "--method learned runs the models and needs --data");
        Ran.command("align", a, b, "--out", place("out"), "--data", ids())
                .failedWith(2, "--method weight looks at weights alone and takes no --data");
        Ran.command("align", a, b, "--out", place("out"), "--method", "learned", "--data", ids(), "--steps", "0")
                .failedWith(2, "--steps");
        Ran.command("align", a, b, "--out", place("out"), "--method", "learned", "--data", ids(),
                "--learning-rate", "-1").failedWith(2, "--learning-rate is -1.0, expected a number above 0");
        Ran.command("align", a, b, "--out", place("out"), "--method", "learned", "--data", ids(), "--learn", "heads")
                .failedWith(2, "--learn");
        assertThat(Files.exists(directory.resolve("out"))).isFalse();
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedBeforeAnythingIsLearned() throws IOException {
        String[] learned = {"align", model("a", 1), model("b", 2), "--out", place("out"), "--method", "learned",
            "--data", ids(), "--steps", "2", "--batch", "4", "--device", "cuda"};
        if (Device.CUDA.isThere()) {
            assertThat(Ran.command(learned).code()).isZero();
        } else {
            Ran.command(learned).failedWith(1, "--device is cuda, but libtorch ");
            Ran.command("study", "run", "transformers-gpt2", "--out", place("study"), "--device", "cuda")
                    .failedWith(1, "sees no CUDA device; build with the Maven profile 'cuda'");
            assertThat(Files.exists(directory.resolve("study"))).isFalse();
        }
        Ran.command("align", place("a"), place("b"), "--out", place("other"), "--device", "cuda")
                .failedWith(2, "--device is for --method learned and soft");
        Ran.command("align", place("a"), place("b"), "--out", place("other"), "--device", "tpu")
                .failedWith(2, "--device is 'tpu', expected one of cpu, cuda");
        assertThat(Files.exists(directory.resolve("other"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"weight", "learned"})
    void modelsAreAlignedAlongTheirCheckpoints(String method) throws IOException {
        String[] learning = method.equals("weight") ? new String[0]
                : new String[] {"--data", ids(), "--steps", "4", "--batch", "4"};
        String base = model("base", 1);
        String between = model("between", 2);
        JsonNode done = Ran.command(Stream.concat(Stream.of("align", model("a", 3), model("b", 4), "--out",
                place("out"), "--reference-out", place("reference"), "--reference-path", base + "," + between,
                "--model-path", base, "--method", method, "--json"), Stream.of(learning)).toArray(String[]::new))
                .document();
        assertThat(done.get("verified").asBoolean()).isTrue();
        assertThat(done.get("notes").get(0).asText()).contains("2 before A and 1 before B");
        assertThat(done.get("conventions").get("reference_path").get(1).asText()).isEqualTo(between);
        assertThat(done.get("conventions").get("model_path").size()).isEqualTo(1);
        assertThat(Ran.command("verify", place("b"), place("out")).code()).isZero();
        assertThat(Ran.command("verify", place("a"), place("reference")).code()).isZero();
    }

    @Test
    void checkpointsOfAnotherKindOrInTheWayAreRefused() throws IOException {
        String a = model("a", 1);
        String b = model("b", 2);
        String c = model("c", 3);
        Ran.command("align", a, b, c, "--out", place("out"), "--model-path", c)
                .failedWith(2, "--reference-path and --model-path are for two models");
        Ran.command("align", a, b, "--out", c, "--overwrite", "--model-path", c).failedWith(2, "which is read");
        Ran.command("align", a, b, "--out", place("out"), "--reference-path", place("missing"))
                .failedWith(1, "missing");
        assertThat(Files.exists(directory.resolve("out"))).isFalse();
        assertThat(Ran.command("verify", c, c).code()).isZero();
    }

    @Test
    void moreModelsAreLearnedTogether() throws IOException {
        String[] three = {model("a", 1), model("b", 2), model("c", 3)};
        String data = ids();
        JsonNode done = Ran.command("align", three[0], three[1], three[2], "--out", place("all"), "--method", "learned",
                "--data", data, "--steps", "4", "--batch", "4", "--json").document();
        assertThat(done.get("notes").get(0).asText())
                .contains("the centre of the simplex and the middles of the edges from each model to the next");
        for (String name : new String[] {"a", "b", "c"}) {
            assertThat(Ran.command("verify", place(name), place("all/" + name)).code()).as(name).isZero();
        }
        JsonNode apart = Ran.command("align", three[0], three[1], three[2], "--out", place("apart"), "--method",
                "learned", "--data", data, "--steps", "4", "--batch", "4", "--rounds", "1", "--sampler", "narrow",
                "--json").document();
        assertThat(apart.get("notes")).isEmpty();
        Ran.command("align", three[0], three[1], three[2], "--out", place("soft"), "--method", "soft", "--data", data,
                "--sampler", "dirichlet").failedWith(2, "--sampler dirichlet learns all models together");
        Ran.command("align", three[0], three[1], "--out", place("two"), "--method", "learned", "--data", data,
                "--sampler", "sparse").failedWith(2, "--sampler is 'sparse', expected one of fixed, narrow, uniform");
        assertThat(Files.exists(directory.resolve("soft"))).isFalse();
    }

    @Test
    void moreModelsAreWrittenEachUnderItsName() throws IOException {
        JsonNode done = Ran.command("align", model("a", 1), model("b", 2), model("c", 3), "--out", place("all"),
                "--json").document();
        assertThat(done.get("models").size()).isEqualTo(3);
        for (String name : new String[] {"a", "b", "c"}) {
            assertThat(Ran.command("verify", place(name), place("all/" + name)).code()).as(name).isZero();
        }
        JsonNode path = Ran.command("path", place("all/a"), place("all/b"), place("all/c"), "--data", ids(),
                "--points", "3", "--json").document();
        assertThat(path.get("loss_barrier").isNumber()).isTrue();
        Ran.command("align", place("a"), place("b"), place("all/a"), "--out", place("more"))
                .failedWith(2, "two of the models are called a");
    }
}
