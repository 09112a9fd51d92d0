package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** {@code inspect}, {@code scramble}, {@code verify} and {@code align} of a small Ling 2.0, with experts in groups. */
class LingCommandsTest {
    private static final String EXPERTS = "model.layers.1.mlp.experts.";

    @TempDir
    private Path directory;

    private static ObjectNode config() throws IOException {
        return (ObjectNode) JsonMapper.builder().build().readTree("""
                {"model_type": "bailing_moe_v2", "vocab_size": 13, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "partial_rotary_factor": 0.5,
                 "use_qk_norm": true, "intermediate_size": 10, "moe_intermediate_size": 5, "rms_norm_eps": 1e-5,
                 "rope_theta": 100.0, "num_experts": 6, "num_experts_per_tok": 2, "num_shared_experts": 1,
                 "n_group": 3, "topk_group": 2, "first_k_dense_replace": 1, "routed_scaling_factor": 2.5}
                """);
    }

    private String write(String name, UnaryOperator<Parameters> change) throws IOException {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters model = SmallDecoders.of(config()).initialise(Random.seeded(1)).to(DType.FLOAT64);
            Checkpoint.write(place, config(), change.apply(model), Map.of());
        }
        return place.toString();
    }

    private static JsonNode succeeded(String... arguments) {
        Ran ran = Ran.command(arguments);
        assertThat(ran.code()).as(ran.err() + ran.out()).isZero();
        return ran.document();
    }

    @Test
    void inspectShowsExpertsInTheirGroups() throws IOException {
        JsonNode account = succeeded("inspect", write("a", model -> model), "--json");
        assertThat(account.get("family").asText()).isEqualTo("bailing_moe_v2");
        assertThat(account.get("network").asBoolean()).isTrue();
        assertThat(account.get("spaces").findValuesAsText("pattern")).contains("layers.*.moe.expert_groups",
                "layers.*.moe.expert_groups.*.experts", "layers.*.moe.correction_shift").doesNotContain(
                "layers.*.moe.router_shift");
    }

    @Test
    void whatScrambleDidIsTheSameFunctionAndAlignUndoesIt() throws IOException {
        String a = write("a", model -> model);
        String b = directory.resolve("b").toString();
        String c = directory.resolve("c").toString();
        succeeded("scramble", a, "--out", b, "--seed", "7", "--groups", "permutation", "--json");
        assertThat(succeeded("verify", a, b, "--json").get("verified").asBoolean()).isTrue();
        succeeded("align", a, b, "--out", c, "--json");
        assertThat(succeeded("verify", a, c, "--json").get("verified").asBoolean()).isTrue();
        try (Scope scope = Scope.open()) {
            Parameters expected = Checkpoint.open(Path.of(a)).load();
            Parameters found = Checkpoint.open(Path.of(c)).load();
            expected.asMap().forEach((name, tensor) ->
                    assertThat(found.get(name).subtract(tensor).norm()).as(name).isLessThan(1e-9));
        }
    }

    @Test
    void expertsOfDifferentGroupsDoNotChangePlaces() throws IOException {
        String a = write("a", model -> model);
        String b = write("b", model -> model.mapNamed((name, tensor) -> exchanged(model, name, tensor)));
        Ran verify = Ran.command("verify", a, b, "--json");
        assertThat(verify.code()).isEqualTo(1);
        assertThat(verify.document().get("verified").asBoolean()).isFalse();
    }

    /** The second expert of the first group and the first of the second one, with all that belongs to them. */
    private static Tensor exchanged(Parameters model, String name, Tensor tensor) {
        if (name.startsWith(EXPERTS + "1.") || name.startsWith(EXPERTS + "2.")) {
            return model.get(EXPERTS + (name.startsWith(EXPERTS + "1.") ? "2" : "1")
                    + name.substring(EXPERTS.length() + 1));
        }
        return name.startsWith("model.layers.1.mlp.gate.")
                ? tensor.indexSelect(0, Tensor.indices(new int[] {0, 2, 1, 3, 4, 5})) : tensor;
    }
}
