package org.thalweg.network.decoder;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Tie;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A decoder-only Transformer (or BERT's encoder with its masked-language head): token ids [batch tokens] to logits
 * [batch tokens vocabulary], all positions at once and without a cache. It computes in the element type of its
 * parameters (float32 or float64), deterministically, and
 * changes neither them nor its input. Time is that of the selected experts only; memory, besides the parameters,
 * grows with batch · heads · tokens².
 *
 * <p>Stages: the embedding; for each layer its attention, then its feed-forward network or experts; the head.
 */
public final class Decoder implements Network {
    private final DecoderConfig config;
    private final TensorNames names;
    private final Map<String, DeclaredTensor> tensors;

    /**
     * A decoder.
     *
     * @param config its parts
     * @param names what its tensors are called
     * @throws WorkFailure when the parts need a tensor for which there is no name
     */
    public Decoder(DecoderConfig config, TensorNames names) {
        this.config = config;
        this.names = names;
        this.tensors = Collections.unmodifiableMap(TensorTable.of(config, names));
    }

    /** Its parts. */
    public DecoderConfig config() {
        return config;
    }

    /** What its tensors are called. */
    public TensorNames names() {
        return names;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return tensors;
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Texts(config.ends().vocabulary(),
                Math.min(Inputs.LONGEST, config.ends().positions().orElse(Inputs.LONGEST)));
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return config.norm().after() ? Normalisation.LAYER_AFTER_SUM
                : config.norm().centred() ? Normalisation.LAYER : Normalisation.RMS;
    }

    @Override
    public Optional<Tie> tie() {
        return config.ends().tied()
                ? Optional.of(new Tie(
                        names.weight(Role.EMBEDDING, 0, 0),
                        names.has(Role.HEAD) ? Optional.of(names.weight(Role.HEAD, 0, 0)) : Optional.empty(),
                        names.weight(Role.FINAL_NORM, 0, 0),
                        1))
                : Optional.empty();
    }

    @Override
    public Optional<Network> withoutMeans() {
        return normalisation() == Normalisation.LAYER
                ? Optional.of(new Decoder(
                        new DecoderConfig(config.ends(), config.residual(), config.norm().withoutMean(),
                                config.attention(), config.dense(), config.experts(), config.moe(), config.layers()),
                        names))
                : Optional.empty();
    }

    @Override
    public int stages() {
        return 2 * config.layers().size() + 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, int from, int to) {
        Tensor x = state;
        for (int stage = from; stage < to; stage++) {
            if (stage == 0) {
                x = embed(parameters, x);
            } else if (stage == stages() - 1) {
                x = head(parameters, x);
            } else {
                x = sublayer(new LayerTensors(this, parameters, (stage - 1) / 2), stage % 2 == 1, x);
            }
        }
        return x;
    }

    @Override
    public String stageName(int stage) {
        return stage == 0 ? "embedding" : stage == stages() - 1 ? "head"
                : "layer " + (stage - 1) / 2 + (stage % 2 == 1 ? ", attention" : ", feed-forward network");
    }

    /**
     * A random model at a generic point, for tests of symmetries: linear maps and their biases uniform in
     * ±1/√(inputs), embeddings normal with deviation 0.5, gains normal around 1 and shifts around 0 with deviation 0.1.
     * This is no recipe for training.
     *
     * @param random where the numbers come from
     * @return every tensor of the network, float32
     */
    public Parameters initialise(Random random) {
        return DeclaredTensor.draw(tensors().values(), random);
    }

    /**
     * Refuses parameters that lack a tensor or have one of another shape. Tensors that the decoder does not read are
     * allowed.
     *
     * @param parameters a model
     * @throws WorkFailure that names the first such tensor
     */
    public void require(Parameters parameters) {
        DeclaredTensor.require(tensors().values(), parameters);
    }

    private Tensor sublayer(LayerTensors layer, boolean attention, Tensor x) {
        Role norm = attention ? Role.ATTENTION_NORM : Role.FEED_FORWARD_NORM;
        boolean after = config.norm().after();
        Tensor input = after ? x : layer.norm(norm, x); // [batch tokens residual]
        Tensor sum = x.add(attention ? SelfAttention.forward(layer, input) : FeedForwardLayer.forward(layer, input));
        return after ? layer.norm(norm, sum) : sum;
    }

    private Tensor embed(Parameters parameters, Tensor ids) {
        int tokens = (int) ids.length(1);
        for (long id : ids.toLongs()) {
            if (id < 0 || id >= config.ends().vocabulary()) {
                throw new WorkFailure("the text has token " + id + " but the model's vocabulary has "
                        + config.ends().vocabulary() + " tokens; use the tokenizer that belongs to the model");
            }
        }
        Tensor embedding = parameters.get(names.weight(Role.EMBEDDING, 0, 0));
        Tensor x = embedding
                .indexSelect(0, ids.reshape(-1))
                .reshape(ids.length(0), tokens, config.residual()); // [batch tokens residual]
        if (config.ends().positions().isEmpty()) {
            return x;
        }
        int most = config.ends().positions().getAsInt();
        if (tokens > most) {
            throw new WorkFailure("the text has " + tokens + " tokens but the model has positions for " + most
                    + "; shorten it");
        }
        Tensor placed = x.add(parameters.get(names.weight(Role.POSITIONS, 0, 0)).narrow(0, 0, tokens));
        if (config.ends().masked().isEmpty()) {
            return placed;
        }
        Tensor type = parameters.get(names.weight(Role.TOKEN_TYPES, 0, 0)).select(0, 0); // [residual]
        return new LayerTensors(this, parameters, 0).norm(Role.EMBEDDING_NORM, placed.add(type));
    }

    private Tensor head(Parameters parameters, Tensor x) {
        LayerTensors last = new LayerTensors(this, parameters, config.layers().size() - 1);
        Tensor mapped = config.ends().masked()
                .map(masked -> masked.function().apply(last.linear(Role.HEAD_TRANSFORM, x)))
                .orElse(x);
        Tensor normed = last.norm(Role.FINAL_NORM, mapped); // [batch tokens residual]
        Optional<Tensor> bias = config.ends().masked()
                .map(_ -> parameters.get(names.weight(Role.HEAD_BIAS, 0, 0))); // [vocabulary]
        return config.ends().tied()
                ? Functions.linear(normed, parameters.get(names.weight(Role.EMBEDDING, 0, 0)), bias)
                : last.linear(Role.HEAD, normed);
    }

    boolean reads(String name) {
        return tensors.containsKey(name);
    }
}
