package org.thalweg.network.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** The decoder against loops over Java doubles that follow each family's published formulas. */
class PlainReferenceTest {
    private static final int[] IDS = {3, 11, 0, 7, 2, 12, 5, 1};

    static Set<String> rotaryFamilies() {
        Set<String> families = new TreeSet<>(SmallConfigs.families());
        families.removeAll(Set.of("gpt2", "gpt2-moe", "bert"));
        return families;
    }

    @ParameterizedTest
    @MethodSource("rotaryFamilies")
    void logitsFollowTheFormulas(String family) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = DecoderFamily.decoder(SmallConfigs.of(family), Set.of());
            for (int seed = 0; seed < 3; seed++) {
                Parameters parameters = decoder.initialise(Random.seeded(seed)).to(DType.FLOAT64);
                String prefix = family.equals("llama4") ? "language_model." : "";
                double[][] expected = logits(new PlainTensors(parameters, prefix), family,
                        decoder.config().layers().size(), 2);
                double[] found = decoder.forward(parameters, ids()).toDoubles();
                compare(found, expected);
            }
        }
    }

    /** The router of Switch Transformers: one expert, weighted by its softmax over all. */
    @Test
    void oneExpertIsWeightedByItsSoftmaxOverAll() {
        try (Scope scope = Scope.open()) {
            Decoder decoder = DecoderFamily.decoder(
                    SmallConfigs.of("olmoe").put("num_experts_per_tok", 1), Set.of());
            Parameters parameters = decoder.initialise(Random.seeded(7)).to(DType.FLOAT64);
            compare(decoder.forward(parameters, ids()).toDoubles(),
                    logits(new PlainTensors(parameters, ""), "olmoe", 2, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt2 untied", "gpt2-moe", "gpt2-moe top-1", "gpt2-moe dense", "gpt2-moe deepseek"})
    void gpt2FollowsItsFormulas(String variant) {
        try (Scope scope = Scope.open()) {
            Decoder decoder = DecoderFamily.decoder(SmallConfigs.of(variant), Set.of());
            Parameters parameters = decoder.initialise(Random.seeded(8)).to(DType.FLOAT64);
            compare(decoder.forward(parameters, ids()).toDoubles(),
                    new PlainGpt2(new PlainTensors(parameters, ""), parameters, decoder.config()).logits(IDS));
        }
    }

    @Test
    void bertFollowsItsFormulas() {
        try (Scope scope = Scope.open()) {
            Decoder decoder = DecoderFamily.decoder(SmallConfigs.of("bert"), Set.of());
            Parameters parameters = decoder.initialise(Random.seeded(8)).to(DType.FLOAT64);
            compare(decoder.forward(parameters, ids()).toDoubles(),
                    new PlainBert(new PlainTensors(parameters, "")).logits(IDS));
        }
    }

    private static double[][] logits(PlainTensors tensors, String family, int layers, int selected) {
        String model = tensors.prefix() + "model.";
        double[] embedding = tensors.values(model + "embed_tokens.weight");
        double[][] x = new double[IDS.length][16];
        for (int token = 0; token < IDS.length; token++) {
            System.arraycopy(embedding, IDS[token] * 16, x[token], 0, 16);
        }
        PlainSizes sizes = new PlainSizes(family);
        for (int layer = 0; layer < layers; layer++) {
            String name = model + "layers." + layer;
            double[][] attended = new PlainAttention(tensors, sizes, layer)
                    .forward(tensors.rmsNorm(name + ".input_layernorm.weight", x));
            for (int token = 0; token < x.length; token++) {
                PlainTensors.addTo(x[token], attended[token], 1);
            }
            double[][] normed = tensors.rmsNorm(name + ".post_attention_layernorm.weight", x);
            PlainExperts experts = new PlainExperts(tensors, family, layer, selected);
            for (int token = 0; token < x.length; token++) {
                PlainTensors.addTo(x[token], experts.forward(normed[token]), 1);
            }
        }
        String head = tensors.prefix() + "lm_head";
        return tensors.linear(
                tensors.has(head + ".weight") ? head : model + "embed_tokens",
                tensors.rmsNorm(model + "norm.weight", x));
    }

    private static void compare(double[] found, double[][] expected) {
        for (int token = 0; token < expected.length; token++) {
            for (int i = 0; i < 13; i++) {
                assertThat(found[token * 13 + i]).as("token %d, logit %d", token, i)
                        .isCloseTo(expected[token][i], within(1e-10));
            }
        }
    }

    private static Tensor ids() {
        long[] ids = new long[IDS.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = IDS[i];
        }
        return Tensor.of(ids, 1, ids.length);
    }
}
