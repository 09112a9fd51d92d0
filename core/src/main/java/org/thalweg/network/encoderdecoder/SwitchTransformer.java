package org.thalweg.network.encoderdecoder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
import org.thalweg.tensor.Tensor;

/**
 * A Switch Transformer (Fedus et al. 2021) with Hugging Face's tensor names: pairs of token ids
 * [batch 2 tokens], the encoder's text and as many tokens of the decoder's, to the decoder's logits
 * [batch tokens vocabulary], all positions at once and without a cache. It computes in the element type of its
 * parameters (float32 or float64), deterministically, and changes neither them nor its input.
 *
 * <p>Each token goes to its best expert, weighed by its probability among all; equal scores go to the smaller index.
 * The capacity of experts is not modelled: every token is served, which is the published function wherever no expert
 * overflows.
 *
 * <p>Stages: both embeddings; each block of the encoder, the last with the encoder's final norm; each block of the
 * decoder; the head. Between them the state is [batch 2 tokens residual], encoder first.
 */
public final class SwitchTransformer implements Network {
    private final SwitchConfig config;
    private final Map<String, DeclaredTensor> tensors;

    /**
     * A network.
     *
     * @param config its sizes
     */
    public SwitchTransformer(SwitchConfig config) {
        this.config = config;
        this.tensors = Collections.unmodifiableMap(SwitchTensors.of(config));
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
                ? Optional.of(new Tie("shared.weight", Optional.of("lm_head.weight"), "decoder.final_layer_norm.weight",
                        1 / Math.sqrt(config.residual())))
                : Optional.empty();
    }

    @Override
    public int stages() {
        return config.encoder().size() + config.decoder().size() + 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, int from, int to) {
        int encoder = config.encoder().size();
        Tensor x = state;
        for (int stage = from; stage < to; stage++) {
            if (stage == 0) {
                x = embed(parameters, x);
            } else if (stage == stages() - 1) {
                x = head(parameters, x);
            } else if (stage <= encoder) {
                x = Tensor.stack(List.of(encode(parameters, stage - 1, x.select(1, 0)), x.select(1, 1)), 1);
            } else {
                x = Tensor.stack(List.of(x.select(1, 0), decode(parameters, stage - 1 - encoder, x)), 1);
            }
        }
        return x;
    }

    @Override
    public String stageName(int stage) {
        int encoder = config.encoder().size();
        return stage == 0 ? "embedding" : stage == stages() - 1 ? "head"
                : stage <= encoder ? "encoder block " + (stage - 1) : "decoder block " + (stage - 1 - encoder);
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
        return parameters.get("shared.weight").indexSelect(0, ids.reshape(-1))
                .reshape(ids.length(0), 2, ids.length(2), config.residual());
    }

    private Tensor encode(Parameters parameters, int number, Tensor x) {
        Block block = new Block(parameters, "encoder.block." + number + ".layer.");
        Tensor normed = norm(parameters, block.prefix + "0.layer_norm.weight", x); // [batch tokens residual]
        Tensor attended = x.add(attend(block, "0.SelfAttention.", normed, normed,
                Optional.of(bias(parameters, "encoder", (int) x.length(1)))));
        Tensor result = feedForward(block, "1.", attended, config.encoder().get(number));
        return number < config.encoder().size() - 1
                ? result : norm(parameters, "encoder.final_layer_norm.weight", result);
    }

    private Tensor decode(Parameters parameters, int number, Tensor state) {
        Block block = new Block(parameters, "decoder.block." + number + ".layer.");
        Tensor x = state.select(1, 1); // [batch tokens residual]
        Tensor normed = norm(parameters, block.prefix + "0.layer_norm.weight", x);
        Tensor attended = x.add(attend(block, "0.SelfAttention.", normed, normed,
                Optional.of(bias(parameters, "decoder", (int) x.length(1)))));
        Tensor query = norm(parameters, block.prefix + "1.layer_norm.weight", attended);
        Tensor crossed = attended.add(
                attend(block, "1.EncDecAttention.", query, state.select(1, 0), Optional.empty()));
        return feedForward(block, "2.", crossed, config.decoder().get(number));
    }

    private Tensor head(Parameters parameters, Tensor state) {
        Tensor normed = norm(parameters, "decoder.final_layer_norm.weight", state.select(1, 1));
        // A tied head reads a stream of the embedding's scale, as in T5.
        return config.tied()
                ? Functions.linear(normed.multiply(1 / Math.sqrt(config.residual())),
                        parameters.get("shared.weight"), Optional.empty())
                : Functions.linear(normed, parameters.get("lm_head.weight"), Optional.empty());
    }

    /** The tensors of one block by the rest of their names. */
    private record Block(Parameters parameters, String prefix) {
        Tensor linear(String name, Tensor x) {
            return Functions.linear(x, parameters.get(prefix + name + ".weight"), Optional.empty());
        }
    }

    private Tensor norm(Parameters parameters, String gain, Tensor x) {
        return Functions.rmsNorm(x, config.epsilon()).multiply(parameters.get(gain));
    }

    /** Scores are not divided by the root of the head's width. */
    private Tensor attend(Block block, String name, Tensor x, Tensor source, Optional<Tensor> bias) {
        Tensor query = heads(block.linear(name + "q", x)); // [batch heads tokens head_width]
        Tensor key = heads(block.linear(name + "k", source));
        Tensor value = heads(block.linear(name + "v", source));
        Tensor scores = query.matmul(key.transpose(2, 3)); // [batch heads tokens tokens]
        Tensor weights = Functions.softmax(bias.map(scores::add).orElse(scores), 3);
        Tensor joined = weights.matmul(value).transpose(1, 2)
                .reshape(x.length(0), x.length(1), (long) config.heads() * config.headWidth());
        return block.linear(name + "o", joined);
    }

    private Tensor heads(Tensor x) {
        return x.reshape(x.length(0), x.length(1), config.heads(), config.headWidth()).transpose(1, 2);
    }

    /** What a stack adds to its scores: [heads tokens tokens], −∞ for later tokens of the decoder. */
    private Tensor bias(Parameters parameters, String stack, int tokens) {
        boolean bothWays = stack.equals("encoder");
        int[] buckets = new int[tokens * tokens];
        double[] mask = new double[tokens * tokens];
        for (int from = 0; from < tokens; from++) {
            for (int to = 0; to < tokens; to++) {
                buckets[from * tokens + to] = config.positions().bucket(from, to, bothWays);
                mask[from * tokens + to] = bothWays || to <= from ? 0 : Double.NEGATIVE_INFINITY;
            }
        }
        Tensor table = parameters.get(SwitchTensors.bias(stack)); // [buckets heads]
        return table.indexSelect(0, Tensor.indices(buckets))
                .reshape(tokens, tokens, config.heads())
                .permute(2, 0, 1)
                .add(Tensor.of(mask, tokens, tokens).to(table.dtype()));
    }

    private Tensor feedForward(Block block, String layer, Tensor x, boolean sparse) {
        Tensor normed = norm(block.parameters, block.prefix + layer + "layer_norm.weight", x);
        if (!sparse) {
            return x.add(expert(block, layer + "mlp.", normed));
        }
        Tensor tokens = normed.reshape(-1, config.residual()); // [batch*tokens residual]
        Tensor logits = block.linear(layer + "mlp.router.classifier", tokens); // [batch*tokens experts]
        Tensor chosen = logits.detach().argsortDescending(1).narrow(1, 0, 1); // [batch*tokens 1]
        Tensor weights = Functions.softmax(logits, 1).gather(1, chosen); // [batch*tokens 1]
        List<Tensor> used = new ArrayList<>();
        List<Tensor> outputs = new ArrayList<>();
        for (int e = 0; e < config.experts(); e++) {
            Tensor rows = chosen.reshape(-1).equalTo(e).nonZero(); // [used]
            if (rows.size() > 0) {
                used.add(rows);
                outputs.add(expert(block, layer + "mlp.experts.expert_" + e + ".", tokens.indexSelect(0, rows))
                        .multiply(weights.indexSelect(0, rows)));
            }
        }
        Tensor sum = Tensor.zeros(x.dtype(), tokens.shape())
                .indexAdd(0, Tensor.concatenate(used, 0), Tensor.concatenate(outputs, 0));
        return x.add(sum.reshape(x.shape()));
    }

    private Tensor expert(Block block, String name, Tensor x) {
        return block.linear(name + "wo", config.function().apply(block.linear(name + "wi", x)));
    }
}
