package org.thalweg.family;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;

/** What the configurations of Llama and of dense decoders like it mean. */
final class LlamaFamilies {
    private static final DecoderFields.Defaults LLAMA = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_000, 4096, 11_008, 32, 32), 2048, 1e-6);
    private static final DecoderFields.Defaults MISTRAL = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_000, 4096, 14_336, 32, 32), 4096 * 32, 1e-6).keyHeads(8);
    private static final DecoderFields.Defaults QWEN2 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(151_936, 4096, 22_016, 32, 32), 32_768, 1e-6).keyHeads(32);

    private LlamaFamilies() {}

    static DecoderConfig llama(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, LLAMA);
        return read.decoder(read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE), Optional.empty(),
                read.layers(read.fullRope(), _ -> false, _ -> DecoderFields.FULL));
    }

    static DecoderConfig mistral(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, MISTRAL);
        return read.decoder(read.grouped(Attention.Bias.NONE, Attention.QueryKeyNorm.NONE), Optional.empty(),
                read.layers(read.fullRope(), _ -> false, read.windows(OptionalInt.of(4096))));
    }

    static DecoderConfig qwen2(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN2);
        return qwen(read, read.grouped(Attention.Bias.QUERY_KEY_VALUE, Attention.QueryKeyNorm.NONE));
    }

    static DecoderConfig qwen3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN2.headDim(128));
        return qwen(read, read.grouped(read.bias(false), Attention.QueryKeyNorm.EACH_HEAD));
    }

    private static DecoderConfig qwen(DecoderFields read, Attention attention) {
        OptionalInt window = qwenWindow(read.fields());
        int first = read.fields().count("max_window_layers", 28);
        return read.decoder(attention, Optional.empty(), read.layers(read.fullRope(), _ -> false,
                read.spans(window, layer -> window.isPresent() && layer >= first)));
    }

    /** The window of a Qwen model, which counts only where it is switched on. */
    static OptionalInt qwenWindow(ConfigFields fields) {
        if (!fields.flag("use_sliding_window", false)) {
            return OptionalInt.empty();
        }
        boolean isNull = fields.node().has("sliding_window") && fields.field("sliding_window").isEmpty();
        return isNull ? OptionalInt.empty() : OptionalInt.of(fields.size("sliding_window", 4096));
    }
}
