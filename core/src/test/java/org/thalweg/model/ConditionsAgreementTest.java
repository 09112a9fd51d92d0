package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.DecoderFamily;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.SmallConfigs;
import org.thalweg.network.encoderdecoder.SwitchConfig;
import org.thalweg.network.encoderdecoder.SwitchTransformer;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.Router;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.symmetry.spec.FamilyConditions;

/** Symmetries and networks read the same configurations, each for itself; here both must mean the same. */
class ConditionsAgreementTest {
    private static final Set<String> COMPARED = Set.of("untied-head", "shared-query-key-norm", "whole-query-key-norm",
            "clipped-values", "query-key-norm", "absolute-router", "correction-bias", "attention-biases", "output-bias",
            "low-rank-queries", "relu", "relu-experts", "top-1-of-selected", "shared-experts", "masked-language-head");

    /** Every variant as it is, and with nothing but what has no default. */
    static Stream<ObjectNode> configs() {
        return SmallConfigs.variants().stream().flatMap(variant -> {
            ObjectNode bare = SmallConfigs.of(variant);
            if (!variant.equals("llama4")) {
                bare.remove(Set.of("num_key_value_heads", "tie_word_embeddings", "clip_qkv", "mlp_only_layers",
                        "decoder_sparse_step", "no_rope_layers", "interleave_moe_layer_step", "hidden_act",
                        "activation_function", "first_k_dense_replace", "topk_method"));
                // As many as the largest default of key heads.
                if (bare.has("num_attention_heads")) {
                    bare.put("num_attention_heads", 8);
                }
            }
            return Stream.of(SmallConfigs.of(variant), bare);
        });
    }

    @ParameterizedTest
    @MethodSource("configs")
    void symmetriesAndDecoderAgree(ObjectNode config) {
        for (Decoder decoder : DecoderFamily.of(config).decoders(config)) {
            Set<String> names = decoder.tensors().values().stream().map(DeclaredTensor::name).collect(Collectors.toSet());
            Conditions found = FamilyConditions.of(config, names).conditions();
            DecoderConfig parts = decoder.config();
            assertThat(found.ranges().get("layers")).hasSameSizeAs(parts.layers());
            assertThat(found.ranges().get("moe-layers")).isEqualTo(sparse(parts));
            Set<Integer> dense = new TreeSet<>(found.ranges().get("layers"));
            dense.removeAll(sparse(parts));
            assertThat(found.ranges().get("dense-layers")).isEqualTo(dense);
            parts.moe().ifPresent(moe ->
                    assertThat(found.ranges().get("last-map")).isEqualTo(Set.of(moe.hidden().size())));
            assertSizes(found.sizes(), parts);
            Set<String> flags = new HashSet<>(found.flags());
            flags.retainAll(COMPARED);
            assertThat(flags).isEqualTo(flags(parts));
        }
    }

    private static Set<Integer> sparse(DecoderConfig parts) {
        return IntStream.range(0, parts.layers().size()).filter(layer -> parts.layers().get(layer).sparse()).boxed()
                .collect(Collectors.toSet());
    }

    private static void assertSizes(Map<String, Integer> sizes, DecoderConfig parts) {
        switch (parts.attention()) {
            case Attention.Grouped grouped -> assertThat(sizes).containsEntry("heads", grouped.heads())
                    .containsEntry("kv-groups", grouped.keyHeads())
                    .containsEntry("heads-per-group", grouped.heads() / grouped.keyHeads());
            case Attention.Latent latent -> assertThat(sizes).containsEntry("heads", latent.heads())
                    .containsEntry("plain", latent.head().plain()).containsEntry("rotary", latent.head().rotary())
                    .containsEntry("expert-groups", switch (parts.experts().orElseThrow().router()) {
                        // A limit on groups scored by their best expert does not bind when it keeps enough of them.
                        case Router.Softmax softmax -> softmax.groups().kept() < softmax.selected()
                                ? softmax.groups().count() : 1;
                        case Router.CorrectedSigmoid sigmoid -> sigmoid.groups().count();
                        case Router.SigmoidOnInput _ -> 1;
                    });
        }
    }

    private static Set<String> flags(DecoderConfig parts) {
        Set<String> flags = new HashSet<>();
        add(flags, "untied-head", !parts.ends().tied());
        add(flags, "masked-language-head", parts.ends().masked().isPresent());
        add(flags, "relu", parts.dense().units().equals(new HiddenUnits.Plain(UnitFunction.RELU)));
        switch (parts.attention()) {
            case Attention.Grouped grouped -> {
                add(flags, "shared-query-key-norm", grouped.norm() == Attention.QueryKeyNorm.EACH_HEAD);
                add(flags, "whole-query-key-norm", grouped.norm() == Attention.QueryKeyNorm.ALL_HEADS);
                add(flags, "query-key-norm", grouped.norm() == Attention.QueryKeyNorm.EACH_HEAD_WITHOUT_GAIN);
                add(flags, "clipped-values", grouped.extras().clip().isPresent());
                boolean rotary = grouped.rope().isPresent();
                add(flags, "attention-biases", rotary && grouped.bias() != Attention.Bias.NONE);
                add(flags, "output-bias", rotary && grouped.bias() == Attention.Bias.ALL);
            }
            case Attention.Latent latent -> add(flags, "low-rank-queries", latent.queryRank().isPresent());
        }
        boolean any = parts.layers().stream().anyMatch(LayerPlan::sparse);
        parts.experts().filter(_ -> any).ifPresent(experts -> {
            add(flags, "absolute-router", experts.router() instanceof Router.CorrectedSigmoid);
            add(flags, "correction-bias", experts.router() instanceof Router.CorrectedSigmoid);
            add(flags, "shared-experts", experts.shared().isPresent());
        });
        parts.moe().filter(_ -> any).ifPresent(moe -> {
            add(flags, "shared-experts", moe.gating().sharedExperts() > 0);
            add(flags, "relu-experts", moe.activation() == UnitFunction.RELU);
            add(flags, "top-1-of-selected", moe.gating().equals(new Gating.Sparse(1)));
        });
        return flags;
    }

    private static void add(Set<String> flags, String flag, boolean holds) {
        if (holds) {
            flags.add(flag);
        }
    }

    @ParameterizedTest
    @MethodSource("switchConfigs")
    void symmetriesAndSwitchTransformerAgree(ObjectNode config) {
        SwitchTransformer network = new SwitchTransformer(SwitchConfig.read(config));
        Set<String> names = network.tensors().values().stream().map(DeclaredTensor::name).collect(Collectors.toSet());
        Conditions found = FamilyConditions.of(config, names).conditions();
        SwitchConfig sizes = network.config();
        Map.of("encoder", sizes.encoder(), "decoder", sizes.decoder()).forEach((stack, sparse) -> {
            assertThat(found.ranges().get(stack + "-blocks")).hasSameSizeAs(sparse);
            assertThat(found.ranges().get(stack + "-sparse")).isEqualTo(IntStream.range(0, sparse.size())
                    .filter(sparse::get).boxed().collect(Collectors.toSet()));
        });
        assertThat(found.sizes()).containsEntry("heads", sizes.heads());
        assertThat(found.flags().contains("untied-head")).isEqualTo(!sizes.tied());
        assertThat(found.flags().contains("relu")).isEqualTo(sizes.function() == UnitFunction.RELU);
    }

    static Stream<ObjectNode> switchConfigs() {
        return SmallModels.all().filter(model -> model.name().startsWith("switch")).map(SmallModels.Small::config);
    }
}
