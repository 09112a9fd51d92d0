package org.thalweg.network.encoderdecoder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Linear;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.Tie;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A Switch Transformer (Fedus et al. 2021, arXiv 2101.03961): pairs of token ids [batch 2 tokens], the encoder's text
 * and as many tokens of the decoder's, to the decoder's logits [batch tokens vocabulary], all positions at once and
 * without a cache. It computes in the element type of its parameters (float32 or float64), deterministically, and
 * changes neither them nor its input.
 *
 * <p>Each token goes to its best expert, weighed by its probability among all; equal scores go to the smaller index. An
 * expert serves the first tokens of each text up to its capacity; the others pass by it.
 *
 * <p>Stages: both embeddings; each block of the encoder, the last with the encoder's final norm; each block of the
 * decoder; the head. Between them the state is [batch 2 tokens residual], encoder first.
 */
public final class SwitchTransformer implements Network {
    private static final List<Role> SELF = List.of(Role.QUERY, Role.KEY, Role.VALUE, Role.ATTENTION_OUTPUT);
    private static final List<Role> CROSS =
            List.of(Role.CROSS_QUERY, Role.CROSS_KEY, Role.CROSS_VALUE, Role.CROSS_OUTPUT);
    private final SwitchConfig config;
    private final SwitchNames names;
    private final Map<String, DeclaredTensor> tensors;

    /**
     * A network.
     *
     * @param config its sizes
     * @param names what its tensors are called
     */
    public SwitchTransformer(SwitchConfig config, SwitchNames names) {
        this.config = config;
        this.names = names;
        this.tensors = SwitchTensors.of(config, names);
    }

    /** Its sizes. */
    public SwitchConfig config() {
        return config;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return tensors;
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Pairs(config.vocabulary());
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.RMS;
    }

    @Override
    public Optional<Tie> tie() {
        return config.tied()
                ? Optional.of(new Tie(
                        names.ends().of(Role.EMBEDDING, 0),
                        Map.of(names.encoder().of(Role.EMBEDDING, 0), 1.0, names.decoder().of(Role.EMBEDDING, 0), 1.0,
                                names.ends().of(Role.HEAD, 0), 1 / Math.sqrt(config.residual())),
                        names.decoder().of(Role.FINAL_NORM, 0)))
                : Optional.empty();
    }

    @Override
    public List<String> routers() {
        return Stream.concat(routers(config.encoder(), names.encoder()), routers(config.decoder(), names.decoder()))
                .toList();
    }

    private static Stream<String> routers(List<Boolean> sparse, TensorNames own) {
        return IntStream.range(0, sparse.size()).filter(sparse::get).mapToObj(block -> own.of(Role.ROUTER, block));
    }

    @Override
    public int stages() {
        return config.encoder().size() + config.decoder().size() + 2;
    }

    @Override
    public String stageName(int stage) {
        int encoder = config.encoder().size();
        return stage == 0 ? "embedding" : stage == stages() - 1 ? "head"
                : stage <= encoder ? "encoder block " + (stage - 1) : "decoder block " + (stage - 1 - encoder);
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        int encoder = config.encoder().size();
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            if (stage == 0) {
                x = embed(parameters, x);
            } else if (stage == stages() - 1) {
                x = head(parameters, x);
            } else if (stage <= encoder) {
                LayerTensors block = new LayerTensors(names.encoder(), parameters, stage - 1);
                x = Tensor.stack(List.of(encode(block, x.select(1, 0), choice), x.select(1, 1)), 1);
            } else {
                LayerTensors block = new LayerTensors(names.decoder(), parameters, stage - 1 - encoder);
                x = Tensor.stack(List.of(x.select(1, 0), decode(block, x, choice)), 1);
            }
        }
        return x;
    }

    private Tensor embed(Parameters parameters, Tensor ids) {
        if (ids.rank() != 3 || ids.length(1) != 2) {
            throw new IllegalArgumentException("expected pairs of texts [batch 2 tokens]");
        }
        for (long id : ids.toLongs()) {
            if (id < 0 || id >= config.vocabulary()) {
                throw new WorkFailure("the text has token " + id + " but the model's vocabulary has "
                        + config.vocabulary() + " tokens; use the tokenizer that belongs to the model");
            }
        }
        return Tensor.stack(List.of(
                rows(parameters, names.encoder(), ids.select(1, 0)),
                rows(parameters, names.decoder(), ids.select(1, 1))), 1);
    }

    /** Embedded tokens [batch tokens residual]. */
    private Tensor rows(Parameters parameters, TensorNames own, Tensor ids) {
        return parameters.rows((config.tied() ? names.ends() : own).of(Role.EMBEDDING, 0), ids.reshape(-1))
                .reshape(ids.length(0), ids.length(1), config.residual());
    }

    private Tensor encode(LayerTensors block, Tensor x, ExpertChoice choice) {
        Tensor normed = block.norm(Role.ATTENTION_NORM, config.norm(), x); // [batch tokens residual]
        Tensor attended = x.add(attend(block, SELF, normed, normed, Optional.of(bias(block, (int) x.length(1), true))));
        boolean sparse = config.encoder().get(block.layer());
        Tensor result = attended.add(feedForward(block, attended, sparse, choice));
        return block.layer() < config.encoder().size() - 1
                ? result : block.norm(Role.FINAL_NORM, config.norm(), result);
    }

    private Tensor decode(LayerTensors block, Tensor state, ExpertChoice choice) {
        Tensor x = state.select(1, 1); // [batch tokens residual]
        Tensor normed = block.norm(Role.ATTENTION_NORM, config.norm(), x);
        Tensor bias = bias(block, (int) x.length(1), false);
        Tensor attended = x.add(attend(block, SELF, normed, normed, Optional.of(bias)));
        Tensor query = block.norm(Role.CROSS_NORM, config.norm(), attended);
        Tensor crossed = attended.add(attend(block, CROSS, query, state.select(1, 0), Optional.empty()));
        return crossed.add(feedForward(block, crossed, config.decoder().get(block.layer()), choice));
    }

    private Tensor head(Parameters parameters, Tensor state) {
        Tensor normed = new LayerTensors(names.decoder(), parameters, 0)
                .norm(Role.FINAL_NORM, config.norm(), state.select(1, 1));
        LayerTensors ends = new LayerTensors(names.ends(), parameters, 0);
        // A tied head reads a stream of the embedding's scale, as in T5.
        return config.tied()
                ? new Linear(() -> ends.stored(Role.EMBEDDING), Optional.empty())
                        .apply(normed.multiply(1 / Math.sqrt(config.residual())))
                : ends.linear(Role.HEAD, false).apply(normed);
    }

    /** Scores are not divided by the root of the head's width. */
    private Tensor attend(LayerTensors block, List<Role> maps, Tensor x, Tensor source, Optional<Tensor> bias) {
        Tensor query = heads(block.linear(maps.get(0), false).apply(x)); // [batch heads tokens head_width]
        Tensor key = heads(block.linear(maps.get(1), false).apply(source));
        Tensor value = heads(block.linear(maps.get(2), false).apply(source));
        Tensor scores = query.matmul(key.transpose(2, 3)); // [batch heads tokens tokens]
        Tensor weights = Functions.softmax(bias.map(scores::add).orElse(scores), 3);
        Tensor joined = weights.matmul(value).transpose(1, 2)
                .reshape(x.length(0), x.length(1), (long) config.heads() * config.headWidth());
        return block.linear(maps.get(3), false).apply(joined);
    }

    private Tensor heads(Tensor x) {
        return x.reshape(x.length(0), x.length(1), config.heads(), config.headWidth()).transpose(1, 2);
    }

    /** What a stack adds to its scores: [heads tokens tokens], −∞ for later tokens of the decoder. */
    private Tensor bias(LayerTensors block, int tokens, boolean bothWays) {
        int[] buckets = new int[tokens * tokens];
        double[] mask = new double[tokens * tokens];
        for (int from = 0; from < tokens; from++) {
            for (int to = 0; to < tokens; to++) {
                buckets[from * tokens + to] = config.positions().bucket(from, to, bothWays);
                mask[from * tokens + to] = bothWays || to <= from ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        // The biases stand in a stack's first block and serve all.
        Tensor table = block.parameters().get(block.names().of(Role.RELATIVE_POSITIONS, 0)); // [buckets heads]
        return table.indexSelect(0, Tensor.indices(buckets))
                .reshape(tokens, tokens, config.heads())
                .permute(2, 0, 1)
                .add(Tensor.of(mask, tokens, tokens).to(table.dtype()));
    }

    private Tensor feedForward(LayerTensors block, Tensor x, boolean sparse, ExpertChoice choice) {
        Tensor normed = block.norm(Role.FEED_FORWARD_NORM, config.norm(), x);
        if (sparse) {
            return config.moe().forward(block, normed, choice, config.capacity());
        }
        Tensor hidden = config.units().apply(
                block.linear(Role.UP, false).apply(normed),
                () -> block.linear(Role.GATE, false).apply(normed));
        return block.linear(Role.DOWN, false).apply(hidden);
    }
}
