package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.thalweg.family.SmallConfigs;
import org.thalweg.model.ConfigDifference.Effect;

class ConfigDifferencesTest {
    private static ConfigDifferences.Side side(ObjectNode config) {
        return new ConfigDifferences.Side(config, Set.of(), Optional.of(SmallConfigs.network(config)));
    }

    private static Map<String, Effect> effects(ConfigDifferences.Side a, ConfigDifferences.Side b) {
        Map<String, Effect> effects = new LinkedHashMap<>();
        ConfigDifferences.between(a, b).forEach(each -> effects.put(each.field(), each.effect()));
        return effects;
    }

    private static Map<String, Effect> ofLlama(ObjectNode other) {
        return effects(side(SmallConfigs.of("llama")), side(other));
    }

    @Test
    void fieldsThatTheReaderPassesOverDoNotChangeTheFunction() {
        ObjectNode config = SmallConfigs.of("llama").put("torch_dtype", "float32").put("transformers_version", "5")
                .put("use_cache", true).put("_name_or_path", "x");
        config.putArray("architectures").add("LlamaForCausalLM");
        assertThat(ofLlama(config)).hasSize(5).containsValue(Effect.SAME_FUNCTION).doesNotContainValue(Effect.UNKNOWN)
                .doesNotContainValue(Effect.CHANGES_FUNCTION);
    }

    @Test
    void aDefaultThatIsWrittenOutDoesNotChangeTheFunction() {
        assertThat(ofLlama(SmallConfigs.of("llama").put("hidden_act", "silu").put("head_dim", 4)))
                .containsOnly(Map.entry("head_dim", Effect.SAME_FUNCTION),
                        Map.entry("hidden_act", Effect.SAME_FUNCTION));
    }

    @Test
    void fieldsThatTheNetworkComputesWithAreToldApart() {
        ObjectNode config = SmallConfigs.of("llama").put("rms_norm_eps", 1e-6).put("rope_theta", 200.0)
                .put("hidden_act", "gelu").put("use_cache", true);
        ((ObjectNode) config.get("rope_scaling")).put("factor", 4.0);
        assertThat(ofLlama(config)).containsExactly(
                Map.entry("hidden_act", Effect.CHANGES_FUNCTION), Map.entry("rms_norm_eps", Effect.CHANGES_FUNCTION),
                Map.entry("rope_scaling.factor", Effect.CHANGES_FUNCTION),
                Map.entry("rope_theta", Effect.CHANGES_FUNCTION), Map.entry("use_cache", Effect.SAME_FUNCTION));
    }

    @Test
    void twoFamiliesOfOneNetworkAreTheSameFunction() {
        ObjectNode llama = SmallConfigs.of("llama");
        ObjectNode mistral = llama.deepCopy().put("model_type", "mistral").putNull("sliding_window");
        assertThat(effects(side(llama), side(mistral))).doesNotContainValue(Effect.CHANGES_FUNCTION);
    }

    @Test
    void fieldsThatMatterOnlyTogetherAreNotDecided() {
        ObjectNode a = SmallConfigs.of("qwen2").put("use_sliding_window", false).put("sliding_window", 3);
        ObjectNode b = SmallConfigs.of("qwen2").put("use_sliding_window", true).put("sliding_window", 5);
        assertThat(effects(side(a), side(b))).containsOnly(Map.entry("use_sliding_window", Effect.CHANGES_FUNCTION),
                Map.entry("sliding_window", Effect.SAME_FUNCTION));
        ObjectNode c = a.deepCopy().put("max_window_layers", 2);
        ObjectNode d = b.deepCopy().put("sliding_window", 3).put("max_window_layers", 1);
        assertThat(effects(side(c), side(d))).containsOnly(Map.entry("use_sliding_window", Effect.UNKNOWN),
                Map.entry("max_window_layers", Effect.UNKNOWN));
    }

    @Test
    void withoutANetworkOnlyNotesAreKnownToChangeNothing() {
        ConfigDifferences.Side a = new ConfigDifferences.Side(
                SmallConfigs.parse("{d_state: 4, text: {dtype: float16, x: null}}"), Set.of(), Optional.empty());
        ConfigDifferences.Side b = new ConfigDifferences.Side(
                SmallConfigs.parse("{d_state: 8, text: {dtype: float32}}"), Set.of(), Optional.empty());
        assertThat(effects(a, b)).containsExactly(Map.entry("d_state", Effect.UNKNOWN),
                Map.entry("text.dtype", Effect.SAME_FUNCTION), Map.entry("text.x", Effect.UNKNOWN));
        assertThat(ConfigDifferences.fields(a.config(), b.config())).isEqualTo(
                List.of("d_state", "text.dtype", "text.x"));
    }
}
