package org.thalweg.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.network.decoder.RopeScaling;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** What is free in the dense families, and how their files and configurations differ from Llama's. */
class DenseFamiliesTest {
    @TempDir
    private Path directory;

    private static Architecture architecture(String variant) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.of(variant);
            return SmallConfigs.architecture(config, SmallConfigs.decoder(config).initialise(Random.seeded(1)));
        }
    }

    private static String group(Architecture architecture, String space) {
        return architecture.space(space).group().kind().label() + " " + architecture.space(space).group().size();
    }

    @Test
    void coordinatesThatDoNotRotateHaveAnyInvertibleMap() {
        Architecture phi3 = architecture("phi3");
        assertThat(group(phi3, "layers.0.attention.kv_groups.1.query_key")).isEqualTo("rotary halves 4");
        assertThat(group(phi3, "layers.0.attention.kv_groups.1.plain")).isEqualTo("invertible 2");
        Architecture neox = architecture("gpt_neox");
        assertThat(group(neox, "layers.0.heads.1.query_key")).isEqualTo("rotary halves 6");
        assertThat(group(neox, "layers.0.heads.1.plain")).isEqualTo("invertible 2");
        assertThat(group(architecture("gpt_neox serial"), "layers.0.heads.1.query_key")).isEqualTo("rotary halves 12");
    }

    @Test
    void layersWithoutPositionsHaveAnyInvertibleMapOfQueriesAndKeys() {
        Architecture smol = architecture("smollm3");
        assertThat(group(smol, "layers.0.plain_attention.kv_groups.0.query_key")).isEqualTo("invertible 4");
        assertThat(group(smol, "layers.1.attention.kv_groups.0.query_key")).isEqualTo("rotary halves 4");
        Architecture llama4 = architecture("llama4_text");
        assertThat(group(llama4, "layers.0.plain_attention.kv_groups.0.query_key")).isEqualTo("invertible 6");
        assertThat(group(llama4, "layers.1.attention.kv_groups.0.query_key")).isEqualTo("none 6");
    }

    @Test
    void gainsThatCountFromOneOrStandBehindSublayersHaveNoFactor() {
        for (String variant : new String[] {"gemma", "gemma2 untied", "gemma3_text", "olmo2 tied"}) {
            assertThat(architecture(variant).spaces().keySet()).as(variant)
                    .noneMatch(name -> name.matches(".*(attention|mlp)\\.gain|last_gain|.*plain_gain"));
        }
        assertThat(architecture("gemma3_text").spaces().keySet()).noneMatch(name -> name.contains("query_key_gain"));
        assertThat(architecture("olmo2").spaces())
                .containsKeys("last_gain", "layers.0.attention.kv_groups.0.query_key_gain");
    }

    @Test
    void biasesOfFeedForwardNetworksCountOnlyWhereTheStockClassReadsThem() {
        for (String family : new String[] {"mistral", "qwen2", "qwen3", "olmo2", "phi3"}) {
            Network network = SmallConfigs.network(SmallConfigs.of(family).put("mlp_bias", true));
            assertThat(network.tensors().keySet()).as(family).noneMatch(name -> name.matches(".*mlp.*bias"));
        }
        assertThat(SmallConfigs.network(SmallConfigs.of("granite")).tensors())
                .containsKey("model.layers.1.mlp.up_proj.bias");
    }

    @Test
    void phi3KnowsOneScalingUnderThreeNames() {
        for (String name : new String[] {"su", "yarn", "longrope"}) {
            ObjectNode config = SmallConfigs.of("phi3");
            ((ObjectNode) config.get("rope_scaling")).put("type", name);
            assertThat(SmallConfigs.decoder(config).config().layers().getFirst().rope().orElseThrow().scaling())
                    .isInstanceOf(RopeScaling.Long.class);
        }
        ObjectNode config = SmallConfigs.of("phi3");
        ((ObjectNode) config.get("rope_scaling")).put("type", "linear");
        assertThatThrownBy(() -> SmallConfigs.network(config)).isInstanceOf(WorkFailure.class)
                .hasMessage("config.json of a phi3 model: "
                        + "'rope_scaling.type' must be default or longrope, found \"linear\"");
    }

    @Test
    void aStackedTensorThatCannotBeDividedIsNamed() {
        StockModel phi3 = StockModel.named("phi3");
        try (Scope scope = Scope.open()) {
            Parameters stored = phi3.stored();
            String name = "model.layers.1.self_attn.qkv_proj.weight";
            Map<String, Tensor> changed = new LinkedHashMap<>(stored.asMap());
            changed.put(name, stored.get(name).narrow(0, 0, 31));
            assertThatThrownBy(() -> phi3.write(directory.resolve("short"), Parameters.of(changed)))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("the tensor '" + name
                            + "' holds 3 tensors, which its shape [31, 16] does not allow");
        }
    }

    @Test
    void aTextModelInTheFilesOfTheOneThatSeesIsTheSameModel() {
        StockModel text = StockModel.named("gemma3_text");
        ObjectNode inner = Checkpoint.open(text.directory()).config();
        ObjectNode config = SmallConfigs.parse("{model_type: gemma3, architectures: [Gemma3ForConditionalGeneration]}");
        config.set("text_config", inner);
        for (String prefix : new String[] {"language_model.model.", "model.language_model."}) {
            Path place = directory.resolve(prefix);
            try (Scope scope = Scope.open()) {
                Map<String, Tensor> renamed = new LinkedHashMap<>();
                text.stored().asMap().forEach((name, tensor) ->
                        renamed.put(name.replaceFirst("^model\\.", prefix), tensor));
                Checkpoint.write(place, config, Parameters.of(renamed).to(DType.FLOAT64), Map.of());
            }
            assertThat(text.differenceOf(ModelDirectory.open(place))).isLessThan(1e-12);
        }
    }
}
