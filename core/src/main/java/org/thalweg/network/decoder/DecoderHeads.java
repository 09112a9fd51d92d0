package org.thalweg.network.decoder;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.network.HeadAxis;
import org.thalweg.network.HeadAxis.Part;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;

/** Which circuits of a decoder's heads can be summed, and where its heads lie. */
final class DecoderHeads {
    private final Attention.Grouped attention;
    private final TensorNames names;
    private final boolean withQueries;
    private final Map<String, HeadAxis> tensors = new LinkedHashMap<>();

    private DecoderHeads(Attention.Grouped attention, TensorNames names, boolean withQueries) {
        this.attention = attention;
        this.names = names;
        this.withQueries = withQueries;
    }

    static JoinedHeads of(Decoder decoder, int models) {
        return switch (decoder.config().attention()) {
            case Attention.Latent _ -> new JoinedHeads.None(
                    "keys and values come from compressed vectors that are normalised, which differ between models");
            case Attention.Grouped grouped when grouped.extras().clip().isPresent() -> new JoinedHeads.None(
                    "queries, keys and values are clipped before they are multiplied");
            case Attention.Grouped grouped -> wider(decoder, grouped, models);
        };
    }

    private static JoinedHeads wider(Decoder decoder, Attention.Grouped attention, int models) {
        Optional<String> kept = kept(decoder.config(), attention);
        DecoderHeads heads = new DecoderHeads(attention, decoder.names(), kept.isEmpty());
        for (int layer = 0; layer < decoder.config().layers().size(); layer++) {
            heads.layer(layer);
        }
        int times = kept.isEmpty() ? models : 1;
        Attention.Grouped wider = new Attention.Grouped(attention.heads(), attention.keyHeads(),
                times * attention.headDim(), models * attention.valueDim(), attention.bias(), attention.norm(),
                attention.extras());
        return new JoinedHeads.Wider(
                new Decoder(decoder.config().with(wider), decoder.names()), heads.tensors, kept);
    }

    /** What stands between queries and keys. */
    private static Optional<String> kept(DecoderConfig config, Attention.Grouped attention) {
        if (config.layers().stream().anyMatch(layer -> layer.rope().isPresent())) {
            return Optional.of("rotary positions stand between queries and keys");
        }
        return attention.norm() == Attention.QueryKeyNorm.NONE ? Optional.empty()
                : Optional.of("queries and keys are normalised");
    }

    private void layer(int layer) {
        Part queries = new Part(attention.heads(), attention.headDim(), withQueries);
        Part keys = new Part(attention.keyHeads(), attention.headDim(), withQueries);
        Part values = new Part(attention.keyHeads(), attention.valueDim(), true);
        if (names.has(Role.QUERY_KEY_VALUE)) {
            outputs(Role.QUERY_KEY_VALUE, layer, List.of(queries, keys, values));
        } else if (names.has(Role.QUERY_KEY_VALUE_OF_HEADS)) {
            List<Part> ofHead = List.of(one(queries), one(keys), one(values));
            outputs(Role.QUERY_KEY_VALUE_OF_HEADS, layer,
                    Collections.nCopies(attention.heads(), ofHead).stream().flatMap(List::stream).toList());
        } else {
            outputs(Role.QUERY, layer, List.of(queries));
            outputs(Role.KEY, layer, List.of(keys));
            outputs(Role.VALUE, layer, List.of(values));
        }
        String output = names.of(Role.ATTENTION_OUTPUT, layer);
        tensors.put(output, new HeadAxis(names.inputsFirst().contains(Role.ATTENTION_OUTPUT) ? 0 : 1,
                List.of(new Part(attention.heads(), attention.valueDim(), true))));
    }

    private static Part one(Part heads) {
        return new Part(1, heads.width(), heads.joined());
    }

    /** A map whose outputs are heads, with its bias. */
    private void outputs(Role role, int layer, List<Part> parts) {
        if (parts.stream().noneMatch(Part::joined)) {
            return;
        }
        String weight = names.of(role, layer);
        tensors.put(weight, new HeadAxis(names.inputsFirst().contains(role) ? 1 : 0, parts));
        if (attention.bias().ofInputs()) {
            tensors.put(TensorNames.biasOf(weight), new HeadAxis(0, parts));
        }
    }
}
