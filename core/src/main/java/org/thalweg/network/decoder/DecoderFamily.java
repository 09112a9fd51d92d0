package org.thalweg.network.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;

/** A family of language models: what its {@code config.json} means and what its tensors are called. */
public final class DecoderFamily {
    private static final List<DecoderFamily> ALL = List.of(
            new DecoderFamily("llama", FamilyNames.llama(), FamilyParts::llama),
            new DecoderFamily("mistral", FamilyNames.llama(), FamilyParts::mistral),
            new DecoderFamily("gpt2", FamilyNames.gpt2(), Gpt2Parts::gpt2),
            new DecoderFamily("gpt2-moe", FamilyNames.gpt2(), Gpt2Parts::gpt2Moe),
            new DecoderFamily("bert", FamilyNames.bert(), BertParts::bert),
            new DecoderFamily("mixtral", FamilyNames.mixtral(), FamilyParts::mixtral),
            new DecoderFamily("qwen2_moe", FamilyNames.qwen2Moe(), FamilyParts::qwen2Moe),
            new DecoderFamily("qwen3_moe", FamilyNames.qwen3Moe(), FamilyParts::qwen3Moe),
            new DecoderFamily("olmoe", FamilyNames.olmoe(), FamilyParts::olmoe),
            new DecoderFamily("deepseek", FamilyNames.deepseekMoe(), DeepSeekParts::moe),
            new DecoderFamily("deepseek_v2", FamilyNames.deepseekV2(), DeepSeekParts::v2),
            new DecoderFamily("deepseek_v3", FamilyNames.deepseekV3(), DeepSeekParts::v3),
            new DecoderFamily("gpt_oss", FamilyNames.gptOss(), FamilyParts::gptOss),
            new DecoderFamily("llama4_text", FamilyNames.llama4Text(), FamilyParts::llama4),
            new DecoderFamily("llama4", FamilyNames.llama4(), DecoderFamily::llama4WithVision));

    private final String modelType;
    private final List<TensorNames> layouts;
    private final Function<ConfigFields, DecoderConfig> parts;

    private DecoderFamily(String modelType, List<TensorNames> layouts, Function<ConfigFields, DecoderConfig> parts) {
        this.modelType = modelType;
        this.layouts = layouts;
        this.parts = parts;
    }

    /** All families, in no particular order. */
    public static List<DecoderFamily> all() {
        return ALL;
    }

    /**
     * The family of a model.
     *
     * @param config its {@code config.json}
     * @return the family that {@code model_type} names
     * @throws WorkFailure when there is no {@code model_type} or it is none of these
     */
    public static DecoderFamily of(ObjectNode config) {
        JsonNode type = config.path("model_type");
        if (!type.isTextual()) {
            throw new WorkFailure("config.json has no 'model_type', so the family is unknown; add one of " + known()
                    + ", or give a spec file that describes the architecture");
        }
        return named(type.textValue()).orElseThrow(() -> new WorkFailure("config.json says model_type '"
                + shortened(type.textValue()) + "', for which no forward is built in; known are " + known()
                + "; another family needs a spec file that describes its architecture"));
    }

    /**
     * The family of a model type.
     *
     * @param modelType for example {@code mixtral}
     * @return the family, if it is one of these
     */
    public static Optional<DecoderFamily> named(String modelType) {
        return ALL.stream().filter(family -> family.modelType.equals(modelType)).findFirst();
    }

    /**
     * The network of a checkpoint.
     *
     * @param config its {@code config.json}
     * @param tensors names of its tensors; they decide between layouts
     * @return a decoder for these names
     * @throws WorkFailure when the family is unknown or a field of the configuration is missing or wrong
     */
    public static Decoder decoder(ObjectNode config, Set<String> tensors) {
        DecoderFamily family = of(config);
        List<Decoder> candidates = family.decoders(config);
        Decoder best = candidates.getFirst();
        long most = -1;
        for (Decoder candidate : candidates) {
            long present = candidate.tensors().keySet().stream().filter(tensors::contains).count();
            if (present > most) {
                best = candidate;
                most = present;
            }
        }
        return best;
    }

    /** The value of {@code model_type}. */
    public String modelType() {
        return modelType;
    }

    /** Ways its tensors are named and laid out, the published files' first. */
    public List<TensorNames> layouts() {
        return layouts;
    }

    /**
     * The network of a configuration, once for each layout.
     *
     * @param config a {@code config.json} of this family
     * @return decoders of equal parts, in the order of {@link #layouts()}
     * @throws WorkFailure when a field of the configuration is missing or wrong
     */
    public List<Decoder> decoders(ObjectNode config) {
        DecoderConfig read = parts.apply(new ConfigFields(modelType, config));
        return layouts.stream().map(names -> new Decoder(read, names)).toList();
    }

    private static DecoderConfig llama4WithVision(ConfigFields fields) {
        return FamilyParts.llama4(fields.object("text_config")
                .orElseThrow(() -> fields.wrong("text_config", "an object")));
    }

    private static String known() {
        return ALL.stream().map(DecoderFamily::modelType).sorted().collect(Collectors.joining(", "));
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
