package org.thalweg.network.vit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.HeadAxis;
import org.thalweg.network.Inputs;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Linear;
import org.thalweg.network.Network;
import org.thalweg.network.Norm;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A Vision Transformer (Dosovitskiy et al. 2021): patches through one linear map, a class token, learned positions,
 * pre-normalised attention and feed-forward sublayers, and a linear classifier on the class token. Any layer's
 * feed-forward network may be a {@link MoeLayer}.
 *
 * <p>With a classifier the last layer computes the class token only, since nothing reads the others after its
 * attention.
 *
 * <p>Stages: the embedding; for each layer its attention, then its feed-forward network or experts; the classifier.
 *
 * @param config sizes
 * @param names what the tensors are called
 * @param centred whether normalisations subtract the mean, as published ones do
 * @param wider how many times wider a head is than its share of the stream, 1 in published ones; scores are divided by
 *     the root of that share all the same
 */
public record Vit(VitConfig config, TensorNames names, boolean centred, int wider) implements Network {
    @Override
    public Optional<Network> withoutMeans() {
        return centred ? Optional.of(new Vit(config, names, false, wider)) : Optional.empty();
    }

    @Override
    public JoinedHeads joinedHeads(int models) {
        Map<String, HeadAxis> tensors = new LinkedHashMap<>();
        List<HeadAxis.Part> parts =
                List.of(new HeadAxis.Part(config.heads(), (long) wider * config.residual() / config.heads(), true));
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Role part : List.of(Role.QUERY, Role.KEY, Role.VALUE)) {
                String weight = names.of(part, layer);
                tensors.put(weight, new HeadAxis(0, parts));
                if (config.details().queryKeyValueBias()) {
                    tensors.put(TensorNames.biasOf(weight), new HeadAxis(0, parts));
                }
            }
            tensors.put(names.of(Role.ATTENTION_OUTPUT, layer), new HeadAxis(1, parts));
        }
        return new JoinedHeads.Wider(new Vit(config, names, centred, models * wider), tensors, Optional.empty());
    }

    @Override
    public int stages() {
        return 2 * config.layers() + 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            LayerTensors layer = new LayerTensors(names, parameters, Math.max(0, (stage - 1) / 2));
            if (stage == 0) {
                x = embed(layer, x);
            } else if (stage == stages() - 1) {
                x = classify(layer, x);
            } else if (stage % 2 == 1) {
                x = attend(layer, x);
            } else {
                x = x.add(feedForward(layer, x, choice));
            }
        }
        return x;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return VitTensors.of(config, names, wider);
    }

    @Override
    public List<String> routers() {
        return IntStream.range(0, config.layers())
                .filter(config::isMoe)
                .mapToObj(layer -> names.of(Role.ROUTER, layer))
                .toList();
    }

    @Override
    public List<String> sublayerOutputs() {
        return IntStream.range(0, config.layers()).boxed()
                .flatMap(layer -> Stream.of(Role.ATTENTION_OUTPUT, Role.DOWN)
                        .filter(role -> role == Role.ATTENTION_OUTPUT || !config.isMoe(layer))
                        .map(role -> names.of(role, layer)))
                .toList();
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
     * Random tensors: linear maps uniform in ±1/√(inputs), class token and positions normal with deviation 0.02,
     * normalisations the identity.
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int d = config.residual();
        tensors.put(names.of(Role.CLASS_TOKEN, 0), random.normal(DType.FLOAT32, 1, 1, d).multiply(0.02));
        tensors.put(names.of(Role.POSITIONS, 0),
                random.normal(DType.FLOAT32, 1, config.tokens(), d).multiply(0.02));
        int channels = config.image().channels();
        int patch = config.patch();
        String patches = names.of(Role.PATCHES, 0);
        linear(tensors, patches, d, channels * patch * patch, random);
        tensors.computeIfPresent(patches, (_, weight) -> weight.reshape(d, channels, patch, patch));
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Role part : List.of(Role.QUERY, Role.KEY, Role.VALUE)) {
                linear(tensors, names.of(part, layer), wider * d, d, random);
            }
            linear(tensors, names.of(Role.ATTENTION_OUTPUT, layer), d, wider * d, random);
            norm(tensors, names.of(Role.ATTENTION_NORM, layer));
            norm(tensors, names.of(Role.FEED_FORWARD_NORM, layer));
            if (config.isMoe(layer)) {
                MoeConfig moe = config.moe().orElseThrow().layer();
                tensors.putAll(moe.initialise(names, layer, d, random).asMap());
            } else {
                linear(tensors, names.of(Role.UP, layer), config.feedForward(), d, random);
                linear(tensors, names.of(Role.DOWN, layer), d, config.feedForward(), random);
            }
        }
        norm(tensors, names.of(Role.FINAL_NORM, 0));
        linear(tensors, names.of(Role.CLASSIFIER, 0), config.classes(), d, random);
        return Parameters.of(tensors);
    }

    private void linear(Map<String, Tensor> tensors, String weight, int out, int in, Random random) {
        double range = 1 / Math.sqrt(in);
        tensors.put(weight, random.uniform(DType.FLOAT32, -range, range, out, in));
        tensors.put(TensorNames.biasOf(weight), random.uniform(DType.FLOAT32, -range, range, out));
    }

    private void norm(Map<String, Tensor> tensors, String gain) {
        tensors.put(gain, Tensor.ones(DType.FLOAT32, config.residual()));
        tensors.put(TensorNames.biasOf(gain), Tensor.zeros(DType.FLOAT32, config.residual()));
    }

    private Tensor embed(LayerTensors tensors, Tensor images) {
        long batch = images.length(0);
        int p = config.patch();
        int channels = config.image().channels();
        int down = config.image().height() / p;
        int across = config.image().width() / p;
        Tensor patches = images.reshape(batch, channels, down, p, across, p) // [batch channels down patch across patch]
                .permute(0, 2, 4, 1, 3, 5) // [batch down across channels patch patch]
                .reshape(batch, (long) down * across, (long) channels * p * p);
        Linear map = tensors.linear(Role.PATCHES, true);
        Tensor embedded = new Linear(
                () -> map.weight().get().reshape(config.residual(), (long) channels * p * p), map.bias())
                .apply(patches);
        Tensor classToken = tensors.get(Role.CLASS_TOKEN).expand(batch, 1, config.residual());
        return Tensor.concatenate(List.of(classToken, embedded), 1) // [batch tokens residual]
                .add(tensors.get(Role.POSITIONS));
    }

    private Tensor attend(LayerTensors layer, Tensor x) {
        Tensor normed = layer.norm(Role.ATTENTION_NORM, norm(), x); // [batch tokens residual]
        // A classifier reads the class token only, so the last layer has one query and goes on with one token.
        boolean last = layer.layer() == config.layers() - 1 && config.details().head().isClassifier();
        Tensor reading = last ? normed.narrow(1, 0, 1) : normed; // [batch queries residual]
        Tensor stream = last ? x.narrow(1, 0, 1) : x; // [batch queries residual]
        boolean bias = config.details().queryKeyValueBias();
        Tensor mixed = Functions.attention(
                scaled(heads(layer.linear(Role.QUERY, bias).apply(reading))), // [batch heads queries head_dim]
                heads(layer.linear(Role.KEY, bias).apply(normed)), // [batch heads tokens head_dim]
                heads(layer.linear(Role.VALUE, bias).apply(normed)));
        Tensor joined = mixed.transpose(1, 2)
                .reshape(stream.length(0), stream.length(1), -1); // [batch queries heads*head_dim]
        return stream.add(layer.linear(Role.ATTENTION_OUTPUT, true).apply(joined));
    }

    private Tensor heads(Tensor x) {
        return x.reshape(x.length(0), x.length(1), config.heads(), -1).transpose(1, 2);
    }

    /** So that dividing scores by the root of a wider head's width divides them by that of its share. */
    private Tensor scaled(Tensor query) {
        return wider == 1 ? query : query.multiply(Math.sqrt(wider));
    }

    private Tensor feedForward(LayerTensors layer, Tensor x, ExpertChoice choice) {
        Tensor normed = layer.norm(Role.FEED_FORWARD_NORM, norm(), x); // [batch tokens residual]
        if (config.isMoe(layer.layer())) {
            Tensor tokens = normed.reshape(-1, config.residual()); // [batch*tokens residual]
            return moe().forward(layer, tokens, choice).reshape(x.shape());
        }
        Tensor hidden = config.details().function().apply(layer.linear(Role.UP, true).apply(normed));
        return layer.linear(Role.DOWN, true).apply(hidden);
    }

    private MoeLayer moe() {
        VitConfig.MoeLayers layers = config.moe().orElseThrow();
        return layers.layer().layer(layers.gateBias());
    }

    private Tensor classify(LayerTensors tensors, Tensor x) {
        return switch (config.details().head()) {
            case CLASSIFIER -> {
                Tensor classToken = tensors.norm(Role.FINAL_NORM, norm(), x.select(1, 0)); // [batch residual]
                yield tensors.linear(Role.CLASSIFIER, true).apply(classToken);
            }
            case BODY -> tensors.norm(Role.FINAL_NORM, norm(), x);
            case POOLER -> {
                Tensor normed = tensors.norm(Role.FINAL_NORM, norm(), x); // [batch tokens residual]
                Tensor pooled = Functions.tanh(tensors.linear(Role.POOLER, true).apply(normed.select(1, 0)));
                yield Tensor.concatenate(List.of(normed, pooled.unsqueeze(1)), 1);
            }
        };
    }

    private Norm norm() {
        Norm norm = Norm.layer(config.details().epsilon());
        return centred ? norm : norm.withoutMean();
    }
}
