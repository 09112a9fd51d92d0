package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.FamilyConditions;

class FamilyConditionsTest {
    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            llama | llama | V=7 H=12 L=2 qh=6 kh=3 D=4 I=5 | {'model_type': 'mistral', 'num_hidden_layers': 2, \
            'num_attention_heads': 6, 'num_key_value_heads': 3}
            gpt2 | gpt2 | V=7 P=6 H=12 L=2 heads=3 I=5 | {'model_type': 'gpt2', 'n_layer': 2, 'n_head': 3}
            gpt2 | gpt2-untied | V=7 P=6 H=12 L=2 heads=3 I=5 | {'model_type': 'gpt2', 'n_layer': 2, 'n_head': 3, \
            'tie_word_embeddings': false}
            bert | bert | V=7 P=6 H=12 L=2 heads=3 I=5 | {'model_type': 'bert', 'num_hidden_layers': 2, \
            'num_attention_heads': 3, 'hidden_act': 'gelu'}
            switch | switch | V=7 H=12 L=2 A=9 heads=3 B=4 I=5 E=4 | {'model_type': 'switch_transformers', \
            'num_layers': 2, 'num_heads': 3}
            mlp | mlp | H=4 M=5 I=6 V=3 L=1 | {'model_type': 'mlp', 'sizes': [4, 5, 6, 3], 'activation': 'relu'}
            mixtral | mixtral | V=7 H=12 L=2 qh=6 kh=3 D=4 M=5 E=4 | {'model_type': 'mixtral', \
            'num_hidden_layers': 2, 'num_attention_heads': 6, 'num_key_value_heads': 3}
            mixtral | mixtral-fused | V=7 H=12 L=2 qh=6 kh=3 D=4 M=5 E=4 | {'model_type': 'mixtral', \
            'num_hidden_layers': 2, 'num_attention_heads': 6, 'num_key_value_heads': 3}
            qwen2-moe | qwen2-moe | V=7 H=12 L=2 qh=3 kh=3 D=4 I=5 M=5 S=6 E=4 F=1 | {'model_type': 'qwen2_moe', \
            'num_hidden_layers': 2, 'num_attention_heads': 3}
            qwen3-moe | qwen3-moe | V=7 H=12 L=2 qh=6 kh=3 D=6 I=5 M=5 E=4 F=1 | {'model_type': 'qwen3_moe', \
            'num_hidden_layers': 2, 'num_attention_heads': 6, 'num_key_value_heads': 3}
            olmoe | olmoe | V=7 H=12 L=2 qh=3 kh=3 D=4 M=5 E=4 | {'model_type': 'olmoe', 'num_hidden_layers': 2, \
            'num_attention_heads': 3}
            deepseek-moe | deepseek-moe | V=7 H=12 L=2 qh=3 kh=3 D=4 I=5 M=5 S=6 E=4 F=1 | {'model_type': \
            'deepseek', 'num_hidden_layers': 2, 'num_attention_heads': 3}
            gpt-oss | gpt-oss | V=7 H=12 L=2 qh=6 kh=3 D=4 M=5 E=4 | {'model_type': 'gpt_oss', \
            'num_hidden_layers': 2, 'num_attention_heads': 6, 'num_key_value_heads': 3}
            llama4 | llama4 | V=7 H=12 L=2 qh=6 kh=3 D=4 I=5 M=5 S=6 E=4 F=1 | {'model_type': 'llama4_text', \
            'num_hidden_layers': 2, 'num_attention_heads': 6, 'num_key_value_heads': 3}
            deepseek-v3 | deepseek-v3 | V=7 H=12 L=3 qh=3 n=3 r=4 v=5 C=6 Q=7 I=5 F=1 M=4 S=6 E=6 | {'model_type': \
            'deepseek_v3', 'num_hidden_layers': 3, 'num_attention_heads': 3, 'qk_nope_head_dim': 3, \
            'qk_rope_head_dim': 4, 'n_group': 3}
            """)
    void aConfigurationBindsItsModel(String specification, String table, String sizes, String config) {
        Map<String, long[]> shapes = PublishedShapes.shapes(table, PublishedShapes.sizes(sizes));
        FamilyConditions found = FamilyConditions.of(json(config), shapes.keySet());
        assertThat(found.specification()).isEqualTo(specification);
        Architecture bound = ArchitectureSpec.builtIn(specification).bind(shapes, found.conditions());
        assertThat(bound.tensors()).hasSameSizeAs(shapes);
    }

    @Test
    void theLimitOnGroupsOfDeepSeekV2CountsOnlyBelowTheNumberChosen() {
        assertThat(groups("'topk_method': 'greedy'")).isEqualTo(1);
        assertThat(groups("'topk_method': 'group_limited_greedy', 'topk_group': 3")).isEqualTo(8);
        assertThat(groups("'topk_method': 'group_limited_greedy', 'topk_group': 6")).isEqualTo(1);
    }

    private static int groups(String routing) {
        return FamilyConditions.of(json("{'model_type': 'deepseek_v2', 'num_hidden_layers': 1, "
                        + "'num_attention_heads': 2, 'qk_nope_head_dim': 2, 'qk_rope_head_dim': 2, 'n_group': 8, "
                        + "'num_experts_per_tok': 6, " + routing + "}"), Set.of())
                .conditions().sizes().get("expert-groups");
    }

    @Test
    void namesWhatIsWrongWithAConfiguration() {
        assertThatThrownBy(() -> FamilyConditions.of(json("{'model_type': 'mamba'}"), Set.of()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("config.json has the model_type 'mamba', for which no architecture comes with")
                .hasMessageEndingWith("; name a specification file.");
        assertThatThrownBy(() -> FamilyConditions.of(json("{'model_type': 'llama'}"), Set.of()))
                .hasMessage("config.json needs a positive whole number 'num_hidden_layers' but has none.");
        assertThatThrownBy(() -> FamilyConditions.of(json("{'model_type': 'llama4'}"), Set.of()))
                .hasMessage("config.json of a llama4 model needs the object 'text_config' but has none.");
        assertThatThrownBy(() -> FamilyConditions.of(json("{'model_type': 'mlp', 'sizes': [3, 2]}"), Set.of()))
                .hasMessage("config.json needs 'sizes', the widths of inputs, hidden layers and outputs of an mlp "
                        + "with at least one hidden layer, but has [3,2].");
        assertThatThrownBy(() -> FamilyConditions.of(json("{'model_type': 'llama', 'num_hidden_layers': 1, "
                        + "'num_attention_heads': 6, 'num_key_value_heads': 4}"), Set.of()))
                .hasMessage("config.json has 6 num_attention_heads and 4 num_key_value_heads; the second must divide "
                        + "the first.");
    }
}
