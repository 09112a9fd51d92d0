package org.thalweg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.family.VitFamily;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;

class VitConfigTest {
    private static final ImageSize IMAGE = new ImageSize(3, 8, 8);

    private static VitConfig config() {
        return new VitConfig(IMAGE, 4, 8, 2, 3, 16, 10, Optional.empty());
    }

    private static VitConfig withExperts() {
        return config().withExperts(new VitConfig.MoeLayers(List.of(2, 0, 2),
                new MoeConfig(4, new Gating.DeepSeek(2, 1), List.of(16, 5), UnitFunction.RELU)));
    }

    @Test
    void jsonReadsBackEqual() throws Exception {
        VitConfig oblong = new VitConfig(new ImageSize(1, 8, 12), 4, 8, 2, 3, 16, 10, Optional.empty());
        for (Gating gating : List.of(new Gating.Dense(), new Gating.Sparse(2), new Gating.DeepSeek(2, 1))) {
            for (VitConfig one : List.of(config(), oblong, withExperts(), oblong.withExperts(new VitConfig.MoeLayers(
                    List.of(1), new MoeConfig(4, gating, List.of(3), UnitFunction.GELU))))) {
                String text = one.toJson().toString();
                assertThat(VitFamily.network((ObjectNode) new ObjectMapper().readTree(text)).config()).isEqualTo(one);
            }
        }
    }

    @Test
    void jsonHasHuggingFacesKeys() {
        assertThat(config().toJson().toString()).isEqualTo("{\"model_type\":\"vit\","
                + "\"architectures\":[\"ViTForImageClassification\"],\"num_channels\":3,\"image_size\":8,"
                + "\"patch_size\":4,\"hidden_size\":8,\"num_attention_heads\":2,\"num_hidden_layers\":3,"
                + "\"intermediate_size\":16,\"hidden_act\":\"gelu\",\"layer_norm_eps\":1.0E-12,\"qkv_bias\":true,"
                + "\"num_labels\":10}");
    }

    @Test
    void layersWithExpertsAreSortedAndGivenOnce() {
        assertThat(withExperts().moe().orElseThrow().layers()).containsExactly(0, 2);
        assertThat(withExperts().isMoe(2)).isTrue();
        assertThat(withExperts().isMoe(1)).isFalse();
        assertThat(withExperts().withoutExperts()).isEqualTo(config());
        assertThat(config().tokens()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "patch_size | '\"4\"' | '''patch_size'' must be a whole number from 1 to 16777216, found \"4\"'",
        "hidden_size | 8.5 | '''hidden_size'' must be a whole number from 1 to 16777216, found 8.5'",
        "num_hidden_layers | 99999999999 | '''num_hidden_layers'' must be a whole number from 1 to'",
        "num_hidden_layers | 0 | '''num_hidden_layers'' must be a whole number from 1 to 16777216, found 0'",
        "image_size | '[8]' | '''image_size'' must be one side, or height and width, found [8]'",
        "image_size | '\"8\"' | '''image_size'' must be a whole number from 1 to 16777216, found \"8\"'",
        "image_size | 0 | '''image_size'' must be a whole number from 1 to 16777216, found 0'",
        "image_size | 10 | patches of 4 pixels do not tile images of 10 x 10; choose a patch that divides both sides.",
        "num_attention_heads | 3 | the 3 heads do not divide the width 8 of the residual stream; choose a width that",
        "num_hidden_layers | 2 | 'layer 3 cannot hold experts: the ViT has layers 1 to 2.'",
        "moe | '{}' | '''moe.layers'' must be an array of at least one whole number, but it is missing'",
    })
    void whatMakesNoNetworkIsRefusedWithASentence(String key, String value, String message) throws Exception {
        assertRefused(withExperts().toJson(), key, value, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "layers | '[]' | '''moe.layers'' must be an array of at least one whole number, found []'",
        "layers | '[-1]' | '''moe.layers'' must be an array of whole numbers, found [-1]'",
        "layers | '[\"x\"]' | '''moe.layers'' must be an array of whole numbers, found [\"x\"]'",
        "gating | '\"soft\"' | '''moe.gating'' must be one of dense, sparse, deepseek, switch, mixtral, olmoe, "
                + "qwen2-moe, qwen3-moe, deepseek-v2, deepseek-v3, gpt-oss, llama4, found \"soft\"'",
        "gating | '\"mixtral\"' | '''moe.expert_act'' must be silu behind this gate, found'",
        "expert_act | '\"tanh\"' | '''moe.expert_act'' must be gelu or relu, found \"tanh\"'",
        "num_experts | 1 | the gate selects k = 2 of 1 experts; choose k between 1 and the number of experts.",
        "expert_hidden_sizes | '[4, \"y\"]' | '''moe.expert_hidden_sizes'' must be an array of whole numbers, found'",
    })
    void whatMakesNoExpertsIsRefusedWithASentence(String key, String value, String message) throws Exception {
        ObjectNode json = withExperts().toJson();
        assertRefused(json, (ObjectNode) json.get("moe"), key, new Change(value, message));
    }

    private record Change(String value, String message) {}

    private static void assertRefused(ObjectNode json, String key, String value, String message) throws Exception {
        assertRefused(json, json, key, new Change(value, message));
    }

    private static void assertRefused(ObjectNode json, ObjectNode where, String key, Change change) throws Exception {
        if (change.value.isEmpty()) {
            where.remove(key);
        } else {
            where.set(key, new ObjectMapper().readTree(change.value));
        }
        assertThatThrownBy(() -> VitFamily.network(json))
                .hasMessageContaining(change.message);
    }
}
