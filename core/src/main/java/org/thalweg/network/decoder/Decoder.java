package org.thalweg.network.decoder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Norm;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.Task;
import org.thalweg.network.TensorNames;
import org.thalweg.network.Tie;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A decoder-only Transformer (or BERT's encoder): token ids [batch tokens] to logits [batch tokens vocabulary], all
 * positions at once and without a cache. It computes in the element type of its parameters (float32 or float64),
 * deterministically, and changes neither them nor its input. Time is that of the selected experts only; memory, besides
 * the parameters, grows with batch · heads · tokens².
 *
 * <p>Stages: as {@link Stages} says.
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
        this.tensors = DecoderTensors.of(config, names);
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
        return new Inputs.Texts(config.embedding().vocabulary(),
                Math.min(Inputs.LONGEST, config.embedding().positions()
                        .map(DecoderConfig.Positions::longest).orElse(Inputs.LONGEST)));
    }

    @Override
    public Task task() {
        boolean ahead = config.layers().stream().anyMatch(layer -> layer.span() instanceof LayerPlan.Span.Everything);
        if (ahead) {
            return new Task.Other("its tokens see later ones, so the next token is nothing to predict");
        }
        return switch (config.head()) {
            case Head.Vocabulary _, Head.Masked _ -> new Task.NextToken(config.embedding().vocabulary(),
                    config.embedding().positions().map(DecoderConfig.Positions::longest)
                            .map(OptionalInt::of).orElse(OptionalInt.empty()));
            case Head.Body _, Head.Pooler _ -> new Task.Other("it has no head: its outputs are the stream itself");
            case Head.Classes _, Head.PooledClasses _ -> new Task.Other("its head gives classes, not next tokens");
        };
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        Norm norm = config.block().norm();
        return config.block().place() == DecoderConfig.NormPlace.AFTER_SUM ? Normalisation.LAYER_AFTER_SUM
                : norm.centred() ? Normalisation.LAYER : Normalisation.RMS;
    }

    @Override
    public double neutralGain() {
        return 1 - config.block().norm().gainOffset();
    }

    @Override
    public Optional<Tie> tie() {
        String embedding = names.of(Role.EMBEDDING, 0);
        return switch (config.head()) {
            case Head.Vocabulary head when head.tied() -> Optional.of(new Tie(
                    embedding, Map.of(names.of(Role.HEAD, 0), 1.0), names.of(Role.FINAL_NORM, 0)));
            case Head.Masked _ ->
                Optional.of(new Tie(embedding, Map.of(), names.of(Role.FINAL_NORM, 0)));
            case Head.Vocabulary _, Head.Body _, Head.Pooler _, Head.Classes _, Head.PooledClasses _ ->
                Optional.empty();
        };
    }

    @Override
    public Optional<Network> withoutMeans() {
        return normalisation() == Normalisation.LAYER
                ? Optional.of(new Decoder(config.withoutMeans(), names)) : Optional.empty();
    }

    @Override
    public List<String> routers() {
        return IntStream.range(0, config.layers().size())
                .filter(layer -> config.layers().get(layer).sparse())
                .mapToObj(layer -> names.of(Role.ROUTER, layer))
                .toList();
    }

    @Override
    public List<String> sublayerOutputs() {
        if (config.block().place() != DecoderConfig.NormPlace.BEFORE) {
            return List.of();
        }
        return IntStream.range(0, config.layers().size()).boxed()
                .flatMap(layer -> Stream.of(Role.ATTENTION_OUTPUT, Role.DOWN)
                        .filter(role -> role == Role.ATTENTION_OUTPUT || !config.layers().get(layer).sparse())
                        .map(role -> names.of(role, layer)))
                .toList();
    }

    @Override
    public JoinedHeads joinedHeads(int models) {
        return DecoderHeads.of(this, models);
    }

    @Override
    public int stages() {
        return Stages.count(config);
    }

    @Override
    public String stageName(int stage) {
        return Stages.name(config, stage);
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            if (stage == 0) {
                x = Ends.embed(config, new LayerTensors(names, parameters, 0), x);
            } else if (stage == stages() - 1) {
                x = Ends.head(config, new LayerTensors(names, parameters, 0), x);
            } else {
                int layer = Stages.layer(config, stage);
                LayerTensors own = new LayerTensors(names, parameters, layer);
                boolean both = config.block().parallel();
                boolean attention = stage == Stages.attention(config, layer);
                x = both ? x.add(attention(own, x)).add(feedForward(own, x, choice))
                        : sum(own, attention ? Role.ATTENTION_NORM : Role.FEED_FORWARD_NORM, x,
                                attention ? attention(own, x) : feedForward(own, x, choice));
            }
        }
        return x;
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
        return DeclaredTensor.draw(tensors.values(), random);
    }

    /**
     * Refuses parameters that lack a tensor or have one of another shape. Tensors that the decoder does not read are
     * allowed.
     *
     * @param parameters a model
     * @throws WorkFailure that names the first such tensor
     */
    public void require(Parameters parameters) {
        DeclaredTensor.require(tensors.values(), parameters);
    }

    private Tensor attention(LayerTensors layer, Tensor x) {
        return output(layer, Role.ATTENTION_OUTPUT_NORM,
                SelfAttention.forward(config, layer, input(layer, Role.ATTENTION_NORM, x)));
    }

    private Tensor feedForward(LayerTensors layer, Tensor x, ExpertChoice choice) {
        Tensor input = input(layer, Role.FEED_FORWARD_NORM, x);
        Tensor result = config.layers().get(layer.layer()).sparse()
                ? config.moe().orElseThrow()
                        .forward(layer, input.reshape(-1, config.residual()), choice).reshape(x.shape())
                : dense(layer, input);
        return output(layer, Role.FEED_FORWARD_OUTPUT_NORM, result);
    }

    private Tensor dense(LayerTensors layer, Tensor x) {
        DecoderConfig.Dense dense = config.dense();
        Tensor hidden = dense.units().apply(layer.linear(Role.UP, dense.bias()).apply(x),
                () -> layer.linear(Role.GATE, dense.bias()).apply(x)); // [batch tokens width]
        return layer.linear(Role.DOWN, dense.bias()).apply(hidden);
    }

    private Tensor input(LayerTensors layer, Role norm, Tensor x) {
        return switch (config.block().place()) {
            case BEFORE, AROUND -> layer.norm(norm, config.block().norm(), x);
            case BEHIND, AFTER_SUM -> x;
        };
    }

    private Tensor output(LayerTensors layer, Role norm, Tensor x) {
        Tensor normed = switch (config.block().place()) {
            case BEHIND, AROUND -> layer.norm(norm, config.block().norm(), x);
            case BEFORE, AFTER_SUM -> x;
        };
        return config.block().factor() == 1 ? normed : normed.multiply(config.block().factor());
    }

    private Tensor sum(LayerTensors layer, Role norm, Tensor x, Tensor added) {
        Tensor sum = x.add(added);
        return config.block().place() == DecoderConfig.NormPlace.AFTER_SUM
                ? layer.norm(norm, config.block().norm(), sum) : sum;
    }
}
