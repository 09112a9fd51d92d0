package org.thalweg.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** All families that come with the library. */
public final class Families {
    private static final List<Family> ALL = List.of(
            new Family(MlpConfig.MODEL_TYPE, "mlp", MlpFamily::read),
            new Family("vit", "vit-moe", VitFamily::read),
            new Family("vit-moe", "vit-moe", VitFamily::read),
            new Family("switch_transformers", "switch", SwitchFamily::read),
            decoder("gpt2", "gpt2", Gpt2Families::gpt2),
            decoder("gpt2-moe", "gpt2-moe", Gpt2Families::gpt2Moe),
            new Family("bert", "bert", (fields, spec, tensors) ->
                    encoder(BertFamilies.bert(fields, tensors), spec, "bert.", tensors)),
            new Family("roberta", "roberta", (fields, spec, tensors) ->
                    encoder(BertFamilies.roberta(fields, tensors), spec, "roberta.", tensors)),
            decoder("gpt_neox", "gpt-neox", NeoxFamily::read),
            decoder("llama", "llama", LlamaFamilies::llama),
            decoder("mistral", "llama", LlamaFamilies::mistral),
            decoder("qwen2", "llama", LlamaFamilies::qwen2),
            decoder("qwen3", "llama", LlamaFamilies::qwen3),
            decoder("granite", "llama", LlamaFamilies::granite),
            decoder("phi3", "phi3", LlamaFamilies::phi3),
            decoder("olmo2", "olmo2", LlamaFamilies::olmo2),
            decoder("smollm3", "smollm3", LlamaFamilies::smolLm3),
            decoder("gemma", "gemma", GemmaFamilies::gemma),
            decoder("gemma2", "gemma", GemmaFamilies::gemma2),
            decoder("gemma3_text", "gemma", GemmaFamilies::gemma3),
            decoder("gemma3", "gemma", GemmaFamilies::gemma3Text),
            decoder("mixtral", "mixtral", MoeFamilies::mixtral),
            decoder("qwen2_moe", "qwen2-moe", MoeFamilies::qwen2Moe),
            decoder("qwen3_moe", "qwen3-moe", MoeFamilies::qwen3Moe),
            decoder("olmoe", "olmoe", MoeFamilies::olmoe),
            decoder("deepseek", "deepseek-moe", DeepSeekFamilies::moe),
            decoder("deepseek_v2", "deepseek-v2", DeepSeekFamilies::v2),
            withFurtherTokens("deepseek_v3", "deepseek-v3", DeepSeekFamilies::v3),
            decoder("granitemoe", "granitemoe", LlamaFamilies::graniteMoe),
            decoder("ernie4_5_moe", "ernie4-5-moe", MoeFamilies::ernie),
            withFurtherTokens("glm4_moe", "glm4-moe", SigmoidFamilies::glm),
            decoder("dots1", "dots1", SigmoidFamilies::dots),
            decoder("minimax_m2", "minimax-m2", SigmoidFamilies::miniMax),
            withFurtherTokens("bailing_moe_v2", "bailing-moe-v2", SigmoidFamilies::ling),
            decoder("gpt_oss", "gpt-oss", MoeFamilies::gptOss),
            decoder("llama4_text", "llama4", MoeFamilies::llama4),
            new Family("llama4", "llama4-vision", Families::llama4WithVision));

    private Families() {}

    /** All families, in no particular order. */
    public static List<Family> all() {
        return ALL;
    }

    /**
     * The family of a model type.
     *
     * @param modelType for example {@code mixtral}
     * @return the family, if it is one of these
     */
    public static Optional<Family> named(String modelType) {
        return ALL.stream().filter(family -> family.modelType().equals(modelType)).findFirst();
    }

    /**
     * The family of a model.
     *
     * @param config its {@code config.json}; not changed
     * @return the family that {@code model_type} names
     * @throws WorkFailure when there is no {@code model_type} or it is none of these
     */
    public static Family of(ObjectNode config) {
        JsonNode type = config.path("model_type");
        if (!type.isTextual()) {
            throw new WorkFailure("config.json has no 'model_type', so the family is unknown; add one of " + known()
                    + ", or give a specification file that describes the architecture");
        }
        return named(type.textValue()).orElseThrow(() -> new WorkFailure("config.json says model_type '"
                + Shown.field(type.textValue()) + "', which is none of the families known here; known are " + known()
                + "; another family needs a specification file that describes its architecture"));
    }

    private static String known() {
        return ALL.stream().map(Family::modelType).sorted().collect(Collectors.joining(", "));
    }

    private static Family decoder(
            String modelType, String specification, BiFunction<ConfigFields, Set<String>, DecoderConfig> reader) {
        return new Family(modelType, specification, (fields, spec, tensors) ->
                decoder(reader.apply(fields, tensors), spec));
    }

    /** As {@link #decoder}, with layers behind the last one in some files. */
    private static Family withFurtherTokens(
            String modelType, String specification, BiFunction<ConfigFields, Set<String>, DecoderConfig> reader) {
        return new Family(modelType, specification, (fields, spec, tensors) -> {
            DecoderConfig config = reader.apply(fields, tensors);
            FamilyModel model = decoder(config, spec);
            return new FamilyModel(model.network(), NextTokenLayers.with(
                    model.conditions(), config.layers().getLast(), config.layers().size(), tensors));
        });
    }

    private static FamilyModel decoder(DecoderConfig config, ArchitectureSpec spec) {
        Conditions conditions = DecoderConditions.of(config);
        return new FamilyModel(new Decoder(config, RoleNames.of(spec, conditions.flags(), "")), conditions);
    }

    /** An encoder whose files may hold a pooler and a next-sentence head beside the head that its class has. */
    private static FamilyModel encoder(
            DecoderConfig config, ArchitectureSpec spec, String prefix, Set<String> tensors) {
        FamilyModel model = decoder(config, spec);
        Set<String> beside = new HashSet<>();
        if (tensors.contains(prefix + "pooler.dense.weight")) {
            beside.add("pooler");
        }
        if (tensors.contains("cls.seq_relationship.weight")) {
            beside.add("next-sentence");
        }
        return new FamilyModel(model.network(), model.conditions().with(beside));
    }

    /** Llama 4 with its vision tower, whose tensors the text model's network does not read. */
    private static FamilyModel llama4WithVision(ConfigFields fields, ArchitectureSpec spec, Set<String> tensors) {
        ConfigFields text = fields.object("text_config").orElseThrow(() -> fields.wrong("text_config", "an object"));
        return decoder(MoeFamilies.llama4(text, tensors), spec);
    }
}
