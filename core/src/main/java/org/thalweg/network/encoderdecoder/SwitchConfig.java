package org.thalweg.network.encoderdecoder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.decoder.ConfigFields;
import org.thalweg.network.decoder.UnitFunction;

/**
 * Sizes of a Switch Transformer (Fedus et al. 2021), by the keys of Hugging Face's configuration.
 *
 * @param vocabulary tokens
 * @param residual width of the stream
 * @param heads of every attention
 * @param headWidth width of a head; heads times this need not be {@code residual}
 * @param hidden units of a feed-forward network and of an expert
 * @param experts in a sparse block
 * @param function non-linearity of hidden units
 * @param encoder for each block of the encoder whether it is sparse
 * @param decoder for each block of the decoder whether it is sparse
 * @param positions buckets of relative positions
 * @param epsilon of every norm
 * @param tied whether the head is the embedding
 */
public record SwitchConfig(
        int vocabulary,
        int residual,
        int heads,
        int headWidth,
        int hidden,
        int experts,
        UnitFunction function,
        List<Boolean> encoder,
        List<Boolean> decoder,
        RelativePositions positions,
        double epsilon,
        boolean tied) {
    /** Its {@code model_type}. */
    public static final String MODEL_TYPE = "switch_transformers";

    /** Keeps a damaged config.json from asking for a table of names that fills the memory. */
    private static final int MOST_EXPERTS = 1 << 18;

    /** Copies the lists and refuses numbers of experts that no model has. */
    public SwitchConfig {
        encoder = List.copyOf(encoder);
        decoder = List.copyOf(decoder);
        long blocks = encoder.size() + decoder.size();
        if (experts * blocks > MOST_EXPERTS) {
            throw new WorkFailure("config.json asks for " + experts + " experts in each of up to " + blocks
                    + " blocks, more than " + MOST_EXPERTS + " in all");
        }
    }

    /**
     * Reads a configuration. Absent fields have the defaults of Hugging Face's class; sizes must be there.
     *
     * @param config a {@code config.json} of this family; not changed
     * @return the sizes
     * @throws WorkFailure naming the field, when one is missing, wrong or a variant that is not known here
     */
    public static SwitchConfig read(ObjectNode config) {
        ConfigFields fields = new ConfigFields(MODEL_TYPE, config);
        fields.refuseUnless("router_bias", false);
        fields.refuseUnless("is_gated_act", false);
        fields.refuseUnless("is_encoder_decoder", true);
        int encoder = fields.depth("num_layers");
        int decoder = fields.field("num_decoder_layers").isPresent() ? fields.depth("num_decoder_layers") : encoder;
        return new SwitchConfig(
                fields.size("vocab_size"), fields.size("d_model"), fields.size("num_heads"), fields.size("d_kv"),
                fields.size("d_ff"), fields.size("num_experts"),
                UnitFunction.named(fields.word("dense_act_fn", fields.word("feed_forward_proj", "relu"))),
                sparse(fields, "encoder", encoder), sparse(fields, "decoder", decoder),
                new RelativePositions(fields.size("relative_attention_num_buckets", 32),
                        fields.size("relative_attention_max_distance", 128)),
                fields.number("layer_norm_epsilon", 1e-6), fields.flag("tie_word_embeddings", true));
    }

    /** Every {@code step}-th block from block 1 on; the step is given, or follows from the number of such blocks. */
    private static List<Boolean> sparse(ConfigFields fields, String stack, int blocks) {
        int step = whole(fields, stack + "_sparse_step", () -> {
            int asked = whole(fields, "num_sparse_" + stack + "_layers", () -> 3);
            return asked == 0 ? blocks : blocks / asked;
        });
        return IntStream.range(0, blocks)
                .mapToObj(block -> step == 1 || step > 1 && block % step == 1)
                .toList();
    }

    private static int whole(ConfigFields fields, String key, IntSupplier otherwise) {
        return fields.field(key).map(value -> {
            if (!value.isInt() || value.intValue() < 0) {
                throw fields.wrong(key, "a whole number from 0");
            }
            return value.intValue();
        }).orElseGet(otherwise::getAsInt);
    }
}
