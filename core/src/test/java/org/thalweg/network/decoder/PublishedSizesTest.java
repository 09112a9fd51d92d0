package org.thalweg.network.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.family.Families;
import org.thalweg.family.SmallConfigs;

/** Declared tensors of released models, held to the published numbers of tensors and parameters. */
class PublishedSizesTest {
    private static final Path ARCHITECTURES = Path.of("src/test/resources/org/thalweg/published");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {model_type: gpt2, vocab_size: 50257, n_embd: 768, n_layer: 12, n_head: 12} | 148 | 124439808
        {model_type: bert, vocab_size: 30522, hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, \
          intermediate_size: 3072} | 202 | 109514298
        {model_type: llama, vocab_size: 32000, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, \
          intermediate_size: 11008} | 291 | 6738415616
        {model_type: llama, vocab_size: 128256, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, \
          num_key_value_heads: 8, intermediate_size: 14336} | 291 | 8030261248
        {model_type: mistral, vocab_size: 32000, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, \
          num_key_value_heads: 8, intermediate_size: 14336} | 291 | 7241732096
        {model_type: mixtral, vocab_size: 32000, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, \
          num_key_value_heads: 8, intermediate_size: 14336, num_local_experts: 8} | 995 | 46702792704
        {model_type: qwen2_moe, vocab_size: 151936, hidden_size: 2048, num_hidden_layers: 24, \
          num_attention_heads: 16, num_key_value_heads: 16, intermediate_size: 5632, moe_intermediate_size: 1408, \
          shared_expert_intermediate_size: 5632, num_experts: 60, num_experts_per_tok: 4} | 4659 | 14315784192
        {model_type: qwen3_moe, vocab_size: 151936, hidden_size: 2048, num_hidden_layers: 48, \
          num_attention_heads: 32, num_key_value_heads: 4, head_dim: 128, intermediate_size: 6144, \
          moe_intermediate_size: 768, num_experts: 128, num_experts_per_tok: 8} | 18867 | 30532122624
        {model_type: olmoe, vocab_size: 50304, hidden_size: 2048, num_hidden_layers: 16, num_attention_heads: 16, \
          intermediate_size: 1024, num_experts: 64, num_experts_per_tok: 8} | 3219 | 6919161856
        {model_type: deepseek, vocab_size: 102400, hidden_size: 2048, num_hidden_layers: 28, \
          num_attention_heads: 16, intermediate_size: 10944, moe_intermediate_size: 1408, n_routed_experts: 64, \
          n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1} | 5466 | 16375728128
        {model_type: deepseek_v2, vocab_size: 102400, hidden_size: 2048, num_hidden_layers: 27, \
          num_attention_heads: 16, q_lora_rank: null, kv_lora_rank: 512, qk_nope_head_dim: 128, \
          qk_rope_head_dim: 64, v_head_dim: 128, intermediate_size: 10944, moe_intermediate_size: 1408, \
          n_routed_experts: 64, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1} \
          | 5291 | 15706484224
        {model_type: deepseek_v2, vocab_size: 102400, hidden_size: 5120, num_hidden_layers: 60, \
          num_attention_heads: 128, q_lora_rank: 1536, kv_lora_rank: 512, qk_nope_head_dim: 128, \
          qk_rope_head_dim: 64, v_head_dim: 128, intermediate_size: 12288, moe_intermediate_size: 1536, \
          n_routed_experts: 160, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1, \
          topk_method: group_limited_greedy, n_group: 8, topk_group: 3} | 29102 | 235741434880
        {model_type: deepseek_v3, vocab_size: 129280, hidden_size: 7168, num_hidden_layers: 61, \
          num_attention_heads: 128, q_lora_rank: 1536, kv_lora_rank: 512, qk_nope_head_dim: 128, \
          qk_rope_head_dim: 64, v_head_dim: 128, intermediate_size: 18432, moe_intermediate_size: 2048, \
          n_routed_experts: 256, n_shared_experts: 1, num_experts_per_tok: 8, first_k_dense_replace: 3, \
          n_group: 8, topk_group: 4} | 45395 | 671026419200
        """)
    void tensorsAndParametersAreAsManyAsPublished(String config, int tensors, long parameters) throws IOException {
        Decoder decoder = SmallConfigs.decoder(SmallConfigs.parse(config).put("rms_norm_eps", 1e-6));
        assertThat(decoder.tensors()).hasSize(tensors);
        long elements = decoder.tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().stream().reduce(1L, Math::multiplyExact))
                .sum();
        assertThat(elements).isEqualTo(parameters);
    }

    @Test
    void namesOfMixtralAreThoseOfItsPublishedIndex() throws IOException {
        Path file = ARCHITECTURES.resolve("mixtral-8x22b.config.json");
        ObjectMapper json = new ObjectMapper();
        List<String> published = new ArrayList<>();
        json.readTree(ARCHITECTURES.resolve("mixtral-8x22b.index.json").toFile())
                .get("weight_map").fieldNames().forEachRemaining(published::add);
        ObjectNode config = (ObjectNode) json.readTree(file.toFile());
        Decoder decoder = SmallConfigs.decoder(config);
        Map<String, long[]> shapes = new HashMap<>();
        published.forEach(name -> shapes.put(name, new long[] {1}));
        assertThat(Families.of(config).spec().stored(shapes).places().keySet())
                .containsExactlyInAnyOrderElementsOf(decoder.tensors().keySet());
    }
}
