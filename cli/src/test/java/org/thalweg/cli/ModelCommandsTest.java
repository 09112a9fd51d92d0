package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.VitFamily;
import org.thalweg.network.ImageSize;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** {@code inspect}, {@code scramble} and {@code verify} on directories. */
class ModelCommandsTest {
    private static final Path STORIES = Path.of("../core/src/test/resources/org/thalweg/published/stories260k");
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    private Path directory;

    private static ObjectNode llama() throws IOException {
        return (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "llama", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 10, "rms_norm_eps": 1e-5,
                 "rope_theta": 100.0}
                """);
    }

    private String writeLlama(String name, DType type, UnaryOperator<Parameters> change) throws IOException {
        try (Scope scope = Scope.open()) {
            Parameters model = SmallDecoders.of(llama())
                    .initialise(Random.seeded(1)).to(type);
            return write(name, llama(), change.apply(model));
        }
    }

    private String write(String name, ObjectNode config, Parameters model) {
        Path place = directory.resolve(name);
        Checkpoint.write(place, config, model, Map.of());
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

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32"})
    void aScrambledLlamaIsTheSameFunction(DType type) throws IOException {
        String a = writeLlama("a", type, model -> model);
        String b = place("b");
        JsonNode done = succeeded("scramble", a, "--out", b, "--seed", "7", "--json");
        assertThat(done.get("out").asText()).isEqualTo(b);
        assertThat(done.get("did").asText()).contains("rotary halves in 4 spaces").contains("signed permutation");
        JsonNode verdict = succeeded("verify", a, b, "--json");
        assertThat(verdict.fieldNames()).toIterable().containsExactly("verified", "max_abs_difference",
                "max_rel_difference", "tolerance", "outputs", "probes", "seed", "inputs", "not_compared");
        assertThat(verdict.get("verified").asBoolean()).isTrue();
        assertThat(verdict.get("max_rel_difference").asDouble()).isLessThan(type == DType.FLOAT64 ? 1e-9 : 1e-4);
        assertThat(Ran.command("verify", a, b).out()).startsWith("The same function: outputs differ by up to ");
    }

    @Test
    void scrambleTellsWhatScriptsRelyOn() throws IOException {
        String a = writeLlama("a", DType.BFLOAT16, model -> model);
        JsonNode done = succeeded("scramble", a, "--out", place("b"), "--json");
        assertThat(done.fieldNames()).toIterable().containsExactly("out", "alignment", "architecture", "groups",
                "stored_exactly", "spaces_moved", "did", "seed", "noise", "rounding", "verified", "max_abs_difference",
                "max_rel_difference", "tolerance", "outputs", "max_abs_difference_before_rounding",
                "max_rel_difference_before_rounding", "fixed_routing_max_rel_difference", "flipped_choices_share",
                "not_compared", "companions_left_out");
        assertThat(done.get("stored_exactly").booleanValue()).isTrue();
        assertThat(done.get("verified").booleanValue()).isTrue();
        assertThat(done.get("tolerance").doubleValue()).isEqualTo(1e-9);
        assertThat(done.get("groups").toString())
                .isEqualTo("[\"permutation\",\"signed-permutation\",\"signed-scaling\"]");
        assertThat(done.get("not_compared")).isEmpty();
        succeeded("verify", a, place("b"), "--tolerance", "1e-9", "--json");
        JsonNode all = succeeded("scramble", a, "--out", place("c"), "--groups", "all", "--json");
        assertThat(all.get("stored_exactly").booleanValue()).isFalse();
        assertThat(all.get("groups").toString()).contains("rotary");
        assertThat(Ran.command("scramble", a, "--out", place("d")).out())
                .contains("  check       the same function", "no number was rounded", "--groups all allows the rest");
        Ran.command("scramble", a, "--out", place("e"), "--groups", "all,rotary").failedWith(2, "no group 'all'");
    }

    @Test
    void twoExchangedRowsOfARotaryHeadAreRefused() throws IOException {
        String a = writeLlama("a", DType.FLOAT64, model -> model);
        String b = writeLlama("b", DType.FLOAT64, model -> model.mapNamed((name, tensor) -> {
            boolean head = name.equals(QUERY) || name.equals(QUERY.replace("q_proj", "k_proj"));
            int[] order = IntStream.range(0, (int) tensor.length(0)).map(i -> i < 2 ? 1 - i : i).toArray();
            return head ? tensor.indexSelect(0, Tensor.indices(order)) : tensor;
        }));
        Ran ran = Ran.command("verify", a, b, "--json");
        assertThat(ran.code()).isOne();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.document().get("verified").asBoolean()).isFalse();
        assertThat(Ran.command("verify", a, b).out()).startsWith("Not the same function");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32"})
    void aVitWithExpertsToo(DType type) {
        for (Gating gating : List.of(new Gating.Dense(), new Gating.Sparse(2), new Gating.DeepSeek(2, 1))) {
            MoeConfig moe = new MoeConfig(4, gating, List.of(5), UnitFunction.RELU);
            VitConfig config = new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 2, 6, 3,
                    Optional.of(new VitConfig.MoeLayers(List.of(1), moe)));
            String a;
            try (Scope scope = Scope.open()) {
                a = write("a" + gating, config.toJson(),
                        VitFamily.network(config).initialise(Random.seeded(2)).to(type));
            }
            String b = place("b" + gating);
            succeeded("scramble", a, "--out", b, "--json");
            succeeded("verify", a, b, "--json");
            assertThat(succeeded("inspect", b, "--json").get("family").asText()).isEqualTo("vit-moe");
        }
    }

    @Test
    void verifySaysWhichTensorsItPassesOver() throws IOException {
        ObjectNode config = JsonMapper.builder().build().createObjectNode().put("model_type", "llama4");
        config.set("text_config", llama().put("num_local_experts", 2).put("intermediate_size_mlp", 10));
        try (Scope scope = Scope.open()) {
            Parameters text = SmallDecoders.of(config)
                    .initialise(Random.seeded(1)).to(DType.FLOAT64);
            write("a", config, text.with(Parameters.of(Map.of(
                    "multi_modal_projector.linear_1.weight", Tensor.ones(DType.FLOAT64, 16, 3)))));
        }
        succeeded("scramble", place("a"), "--out", place("b"), "--seed", "2", "--json");
        JsonNode found = succeeded("verify", place("a"), place("b"), "--json");
        assertThat(found.get("verified").booleanValue()).isTrue();
        assertThat(found.get("not_compared")).hasSize(1);
        assertThat(found.get("not_compared").get(0).asText()).isEqualTo("multi_modal_projector.linear_1.weight");
        assertThat(Ran.command("verify", place("a"), place("b")).out()).endsWith(
                "Not compared: multi_modal_projector.linear_1.weight.\n");
    }

    @Test
    void aPublishedSmallLlamaIsInspectedScrambledAndVerified() {
        JsonNode account = succeeded("inspect", STORIES.toString(), "--json");
        assertThat(account.get("parameters").asLong()).isEqualTo(260_032);
        assertThat(account.get("tied")).hasSize(1);
        assertThat(account.get("log10_order").asDouble()).isPositive();
        assertThat(account.get("network").asBoolean()).isTrue();
        JsonNode heads = account.get("spaces");
        assertThat(heads.findValuesAsText("pattern")).contains("layers.*.attention.kv_groups.*.heads");
        String b = place("b");
        succeeded("scramble", STORIES.toString(), "--out", b, "--seed", "3", "--json");
        succeeded("verify", STORIES.toString(), b, "--json");
        String c = place("c");
        succeeded("scramble", STORIES.toString(), "--out", c, "--groups", "permutation,signed-permutation", "--json");
        assertThat(succeeded("verify", STORIES.toString(), c, "--json", "--tolerance", "1e-9").get("verified")
                .asBoolean()).isTrue();
    }

    @Test
    void inspectTellsEverySpace() throws IOException {
        String a = writeLlama("a", DType.FLOAT32, model -> model);
        assertThat(Ran.command("inspect", a).out())
                .contains("llama, architecture llama", "signed-permutation   of     16  residual",
                        "     4 x rotary               of      4  layers.*.attention.kv_groups.*.query_key",
                        "hidden_size 16", "verify can compare");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        String a = writeLlama("a", DType.FLOAT32, model -> model);
        String b = writeLlama("b", DType.FLOAT32, model -> model);
        Ran.command("scramble", a, "--out", b).failedWith(1, b + " exists already", "or allow --overwrite.");
        assertThat(Ran.command("scramble", a, "--out", b, "--overwrite").code()).isZero();
        String c = place("c");
        Ran.command("scramble", a, "--out", c, "--groups", "permutations")
                .failedWith(2, "'permutations'", "invertible, orthogonal, permutation, positive-scaling, rotary");
        Ran.command("scramble", a, "--out", c, "--groups", "orthogonal")
                .failedWith(2, "no group 'orthogonal'", "it has invertible");
        Ran.command("scramble", a, "--out", c, "--noise", "NaN").failedWith(2, "--noise is NaN");
        Ran.command("verify", a, a, "--tolerance", "0").failedWith(2, "--tolerance is 0.0");
        Ran.command("verify", a, a, "--probes", "0").failedWith(2, "--probes is 0");
        Ran.command("verify", a, a, "--probes", "2000000000")
                .failedWith(2, "--probes is 2000000000, expected at most ");
        Ran.command("inspect", place("nowhere")).failedWith(1, "there is no directory");
        Files.createDirectory(directory.resolve("empty"));
        Ran.command("inspect", place("empty")).failedWith(1, "has no config.json");
        String hole = writeLlama("hole", DType.FLOAT32, model -> model.filter(name -> !name.equals(QUERY)));
        Ran.command("inspect", hole).failedWith(1, hole, "'" + QUERY + "' is missing");
        String nan = writeLlama("nan", DType.FLOAT32, model -> model.mapNamed(
                (name, tensor) -> name.equals(QUERY) ? tensor.multiply(Double.NaN) : tensor));
        Ran.command("scramble", nan, "--out", c).failedWith(1, nan, QUERY, "NaN");
        Ran.command("verify", a, nan).failedWith(1, nan, QUERY, "NaN");
        assertThat(directory.resolve("c")).doesNotExist();
    }

    @Test
    void modelsOfDifferentKindsAreNotCompared() throws IOException {
        String a = writeLlama("a", DType.FLOAT32, model -> model);
        VitConfig config = new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 1, 6, 3, Optional.empty());
        String b;
        try (Scope scope = Scope.open()) {
            b = write("b", config.toJson(), VitFamily.network(config).initialise(Random.seeded(2)));
        }
        Ran.command("verify", a, b).failedWith(1, "different architectures", a + " is 'llama'", b + " is 'vit-moe'");
    }
}
