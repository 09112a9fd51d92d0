package org.thalweg.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A Vision Transformer (Dosovitskiy et al. 2021) with Hugging Face's tensor names: patches through one linear map, a
 * class token, learned positions, pre-normalised attention and feed-forward sublayers with GELU, and a linear
 * classifier on the class token. Any layer's feed-forward network may be a {@link MoeLayer}.
 *
 * <p>The last layer computes the class token only, since nothing reads the others after its attention.
 *
 * <p>Stages: the embedding; for each layer its attention, then its feed-forward network or experts; the classifier.
 *
 * @param config sizes
 * @param centred whether normalisations subtract the mean, as published ones do
 */
public record Vit(VitConfig config, boolean centred) implements Network {
    /**
     * A ViT with layer normalisation.
     *
     * @param config sizes
     */
    public Vit(VitConfig config) {
        this(config, true);
    }

    @Override
    public Optional<Network> withoutMeans() {
        return centred ? Optional.of(new Vit(config, false)) : Optional.empty();
    }

    @Override
    public int stages() {
        return 2 * config.layers() + 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, int from, int to) {
        Tensor x = state;
        for (int stage = from; stage < to; stage++) {
            if (stage == 0) {
                x = embed(parameters, x);
            } else if (stage == stages() - 1) {
                x = classify(parameters, x);
            } else if (stage % 2 == 1) {
                x = attend(parameters, stage / 2, x);
            } else {
                x = x.add(feedForward(parameters, stage / 2 - 1, x));
            }
        }
        return x;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return VitTensors.of(config);
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Images(config.image(), config.classes());
    }

    @Override
    public Object configuration() {
        return this;
    }

    @Override
    public Normalisation normalisation() {
        return centred ? Normalisation.LAYER : Normalisation.RMS;
    }

    @Override
    public String stageName(int stage) {
        return stage == 0 ? "embedding" : stage == stages() - 1 ? "classifier"
                : "layer " + (stage - 1) / 2 + (stage % 2 == 1 ? ", attention" : ", feed-forward network");
    }

    /**
     * Name prefix of the experts in a layer.
     *
     * @param layer counted from 0
     * @return for example {@code vit.encoder.layer.0.moe}
     */
    public static String moePrefix(int layer) {
        return layerName(layer) + ".moe";
    }

    /**
     * Random tensors: linear maps uniform in ±1/√(inputs), class token and positions normal with deviation 0.02,
     * normalisations the identity.
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int d = config.residual();
        String embeddings = "vit.embeddings.";
        tensors.put(embeddings + "cls_token", random.normal(DType.FLOAT32, 1, 1, d).multiply(0.02));
        tensors.put(
                embeddings + "position_embeddings",
                random.normal(DType.FLOAT32, 1, config.tokens(), d).multiply(0.02));
        int channels = config.image().channels();
        int patch = config.patch();
        linear(tensors, embeddings + "patch_embeddings.projection", d, channels * patch * patch, random);
        tensors.computeIfPresent(embeddings + "patch_embeddings.projection.weight",
                (name, weight) -> weight.reshape(d, channels, patch, patch));
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = layerName(layer);
            for (String part : List.of("query", "key", "value")) {
                linear(tensors, prefix + ".attention.attention." + part, d, d, random);
            }
            linear(tensors, prefix + ".attention.output.dense", d, d, random);
            norm(tensors, prefix + ".layernorm_before");
            norm(tensors, prefix + ".layernorm_after");
            if (config.isMoe(layer)) {
                tensors.putAll(MoeLayer.initialise(
                                config.moe().orElseThrow().layer(), d, prefix + ".moe", random)
                        .asMap());
            } else {
                linear(tensors, prefix + ".intermediate.dense", config.feedForward(), d, random);
                linear(tensors, prefix + ".output.dense", d, config.feedForward(), random);
            }
        }
        norm(tensors, "vit.layernorm");
        linear(tensors, "classifier", config.classes(), d, random);
        return Parameters.of(tensors);
    }

    private static String layerName(int layer) {
        return "vit.encoder.layer." + layer;
    }

    private void linear(Map<String, Tensor> tensors, String name, int out, int in, Random random) {
        double range = 1 / Math.sqrt(in);
        tensors.put(name + ".weight", random.uniform(DType.FLOAT32, -range, range, out, in));
        tensors.put(name + ".bias", random.uniform(DType.FLOAT32, -range, range, out));
    }

    private void norm(Map<String, Tensor> tensors, String name) {
        tensors.put(name + ".weight", Tensor.ones(DType.FLOAT32, config.residual()));
        tensors.put(name + ".bias", Tensor.zeros(DType.FLOAT32, config.residual()));
    }

    private Tensor embed(Parameters parameters, Tensor images) {
        long batch = images.length(0);
        int p = config.patch();
        int channels = config.image().channels();
        int down = config.image().height() / p;
        int across = config.image().width() / p;
        Tensor patches = images.reshape(batch, channels, down, p, across, p) // [batch channels down patch across patch]
                .permute(0, 2, 4, 1, 3, 5) // [batch down across channels patch patch]
                .reshape(batch, (long) down * across, (long) channels * p * p);
        String name = "vit.embeddings.patch_embeddings.projection";
        Tensor weight = parameters.get(name + ".weight").reshape(config.residual(), (long) channels * p * p);
        Tensor embedded = Functions.linear(patches, weight, Optional.of(parameters.get(name + ".bias")));
        Tensor classToken = parameters.get("vit.embeddings.cls_token").expand(batch, 1, config.residual());
        return Tensor.concatenate(List.of(classToken, embedded), 1) // [batch tokens residual]
                .add(parameters.get("vit.embeddings.position_embeddings"));
    }

    private Tensor attend(Parameters parameters, int layer, Tensor x) {
        String prefix = layerName(layer);
        Tensor normed = norm(parameters, prefix + ".layernorm_before", x); // [batch tokens residual]
        // The classifier reads the class token only, so the last layer has one query and goes on with one token.
        boolean last = layer == config.layers() - 1;
        Tensor reading = last ? normed.narrow(1, 0, 1) : normed; // [batch queries residual]
        Tensor stream = last ? x.narrow(1, 0, 1) : x; // [batch queries residual]
        String name = prefix + ".attention.attention.";
        Tensor mixed = Functions.attention(
                heads(apply(parameters, name + "query", reading)), // [batch heads queries head_dim]
                heads(apply(parameters, name + "key", normed)), // [batch heads tokens head_dim]
                heads(apply(parameters, name + "value", normed)));
        Tensor joined = mixed.transpose(1, 2).reshape(stream.shape()); // [batch queries residual]
        return stream.add(apply(parameters, prefix + ".attention.output.dense", joined));
    }

    private Tensor heads(Tensor x) {
        long headDim = config.residual() / config.heads();
        return x.reshape(x.length(0), x.length(1), config.heads(), headDim).transpose(1, 2);
    }

    private Tensor feedForward(Parameters parameters, int layer, Tensor x) {
        String name = layerName(layer);
        Tensor normed = norm(parameters, name + ".layernorm_after", x); // [batch tokens residual]
        if (config.isMoe(layer)) {
            Tensor tokens = normed.reshape(-1, config.residual()); // [batch*tokens residual]
            return MoeLayer.forward(config.moe().orElseThrow().layer(), parameters, name + ".moe", tokens)
                    .reshape(x.shape());
        }
        Tensor hidden = Activation.GELU.apply(apply(parameters, name + ".intermediate.dense", normed));
        return apply(parameters, name + ".output.dense", hidden);
    }

    private Tensor classify(Parameters parameters, Tensor x) {
        Tensor classToken = x.select(1, 0); // [batch residual]
        return apply(parameters, "classifier", norm(parameters, "vit.layernorm", classToken));
    }

    private Tensor norm(Parameters parameters, String name, Tensor x) {
        Tensor gain = parameters.get(name + ".weight");
        Tensor shift = parameters.get(name + ".bias");
        return centred
                ? Functions.layerNorm(x, gain, shift, VitConfig.NORM_EPSILON)
                : Functions.rmsNorm(x, VitConfig.NORM_EPSILON).multiply(gain).add(shift);
    }

    private static Tensor apply(Parameters parameters, String name, Tensor x) {
        return Functions.linear(x, parameters.get(name + ".weight"), Optional.of(parameters.get(name + ".bias")));
    }
}
