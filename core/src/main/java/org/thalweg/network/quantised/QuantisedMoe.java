package org.thalweg.network.quantised;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Curiosity-driven Mixture of quantised experts (arXiv 2511.11743): one layer from inputs to classes whose router is a
 * network with two hidden layers of ReLU units. Experts are counted through their classes in order.
 *
 * @param config sizes
 * @param names of the tensors by role; the class of an expert takes the place of the layer
 * @param areRounded whether the experts' weights were rounded before and are taken as they are
 * @param dropout in training, and none afterwards
 */
public record QuantisedMoe(QuantisedConfig config, TensorNames names, boolean areRounded, Dropout dropout)
        implements Network {
    /** Passes of the Bayesian router. */
    private static final int PASSES = 10;
    private static final long SEED_OF_PASSES = 2511_11743;

    /** The same network that takes weights as they are, for models that {@link #rounded} made. */
    public QuantisedMoe onRounded() {
        return new QuantisedMoe(config, names, true, dropout);
    }

    /** The same network in training, with masks of this seed. */
    public QuantisedMoe inTraining(long seed) {
        return new QuantisedMoe(config.inTraining(), names, areRounded, new Dropout(config.dropout(), seed, false));
    }

    /**
     * A model with the weights that its maps multiply by in place of those that were trained. It is the same function
     * to {@link #onRounded}.
     *
     * @param model a model of this network; not changed
     * @return a new model
     */
    public Parameters rounded(Parameters model) {
        Map<String, Precision> precisions = new LinkedHashMap<>();
        for (int expert = 0; expert < config.experts(); expert++) {
            for (int map = 0; map < config.expertWidths().size(); map++) {
                precisions.put(names.of(Role.EXPERT_MAP, config.classOf(expert), config.placeOf(expert), map),
                        config.precisionOf(expert));
            }
        }
        return Gradients.without(() -> model.mapNamed((name, tensor) ->
                precisions.containsKey(name) ? precisions.get(name).weights(tensor) : tensor));
    }

    @Override
    public int stages() {
        return 1;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        if (span.from() == span.to()) {
            return state;
        }
        Tensor x = state.reshape(-1, config.inputs());
        LayerTensors layer = new LayerTensors(names, parameters, 0);
        Tensor hidden = hidden(parameters, x, dropout);
        choice.look(names.of(Role.ROUTER, 0), hidden, true);
        return layer().byScores(layer, x, withPrior(parameters, x, scores(parameters, hidden)), choice);
    }

    private MoeLayer layer() {
        QuantisedConfig.Gate gate = config.gate();
        return new MoeLayer(config.experts(), new QuantisedExperts(config, areRounded, dropout),
                new Router.Sharpened(gate.selected(), 1 + gate.curiosity()), true, Optional.empty());
    }

    /** [inputs width] what the last map of the router takes. */
    private Tensor hidden(Parameters parameters, Tensor x, Dropout masks) {
        LayerTensors router = new LayerTensors(names, parameters, 0);
        Tensor state = x;
        for (int map = 0; map < config.routerWidths().size(); map++) {
            state = masks.apply("router, layer " + map,
                    Functions.relu(router.linear(Role.MAP, 0, map, true).apply(state)));
        }
        return state;
    }

    /** [inputs experts] the logits of all classes side by side. */
    private Tensor scores(Parameters parameters, Tensor hidden) {
        List<Tensor> scores = new ArrayList<>();
        for (int one = 0; one < config.classes().size(); one++) {
            scores.add(new LayerTensors(names, parameters, one).linear(Role.ROUTER, true).apply(hidden));
        }
        return Tensor.concatenate(scores, 1);
    }

    /**
     * Adds {@code prior · v(x) · beta} to the logits: v is the square root of the uncertainty over the largest that
     * there can be, beta runs from 0 for the coarsest class to 1 for the finest one. The paper names such a prior and
     * gives no formula; this one is ours.
     */
    private Tensor withPrior(Parameters parameters, Tensor x, Tensor scores) {
        if (config.gate().prior() == 0 || config.classes().size() == 1) {
            return scores;
        }
        List<Double> ordered = config.classes().stream().map(one -> one.precision().bits()).sorted().toList();
        double[] betas = new double[config.experts()];
        for (int expert = 0; expert < betas.length; expert++) {
            betas[expert] = ordered.indexOf(config.precisionOf(expert).bits()) / (ordered.size() - 1.0);
        }
        Tensor share = uncertainty(parameters, x).multiply(1 / (1 - 1.0 / betas.length)).sqrt().unsqueeze(1);
        Tensor preference = Tensor.of(betas, 1, betas.length).multiply(config.gate().prior()).to(scores.dtype());
        return scores.add(share.multiply(preference));
    }

    /**
     * What the router gives each expert, {@code p^(1+alpha)} normalised, of which the weights are the chosen ones'.
     *
     * @param parameters the model; not changed
     * @param inputs as the network takes them; not changed
     * @return [inputs experts] rows of sum 1
     */
    public Tensor probabilities(Parameters parameters, Tensor inputs) {
        Tensor x = inputs.reshape(-1, config.inputs());
        Tensor scores = withPrior(parameters, x, scores(parameters, hidden(parameters, x, dropout)));
        return Functions.softmax(scores.multiply(1 + config.gate().curiosity()), -1);
    }

    /**
     * The Bayesian router's uncertainty: over 10 passes with other units left out, which are the same for all inputs,
     * the variance of each expert's probability, summed. No gradient passes through it.
     *
     * @param parameters the model; not changed
     * @param inputs as the network takes them; not changed
     * @return [inputs] between 0 and 1 - 1/experts
     */
    public Tensor uncertainty(Parameters parameters, Tensor inputs) {
        return Gradients.without(() -> {
            Tensor x = inputs.reshape(-1, config.inputs());
            List<Tensor> passes = new ArrayList<>();
            for (int pass = 0; pass < PASSES; pass++) {
                Dropout masks = new Dropout(
                        config.dropout(), Random.childSeed(SEED_OF_PASSES, "pass " + pass), true);
                passes.add(Functions.softmax(scores(parameters, hidden(parameters, x, masks)), -1));
            }
            Tensor all = Tensor.stack(passes, 0); // [passes inputs experts]
            Tensor off = all.subtract(all.mean(0, true));
            return off.multiply(off).mean(0, false).sum(1, false);
        });
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        long in = config.inputs();
        for (int map = 0; map < config.routerWidths().size(); map++) {
            table.linear(Role.MAP, names.of(Role.MAP, 0, 0, map), config.routerWidths().get(map), in, true);
            in = config.routerWidths().get(map);
        }
        for (int one = 0; one < config.classes().size(); one++) {
            table.linear(Role.ROUTER, names.of(Role.ROUTER, one), config.classes().get(one).experts(), in, true);
        }
        layer().experts().declareRouted(table, config.experts(), config.inputs());
        return table.tensors();
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(config.inputs(), config.outputs());
    }

    @Override
    public Object configuration() {
        return this;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.NONE;
    }

    /**
     * Random weights as the authors draw them: uniform in ±√(6/(inputs + outputs)), biases and shifts 0, gains 1.
     *
     * @param seed of all of them
     * @return every tensor of the network, float32
     */
    public Parameters initialise(long seed) {
        Map<String, Tensor> drawn = new LinkedHashMap<>();
        tensors().forEach((name, tensor) -> {
            double range = Math.sqrt(6.0 / tensor.shape().stream().mapToLong(Long::longValue).sum());
            boolean isGain = tensor.filling() instanceof DeclaredTensor.Filling.Normal(double mean, double _)
                    && mean == 1;
            drawn.put(name, tensor.shape().size() > 1
                    ? Random.seeded(Random.childSeed(seed, name))
                            .uniform(DType.FLOAT32, -range, range, tensor.lengths())
                    : Tensor.zeros(DType.FLOAT32, tensor.lengths()).add(isGain ? 1 : 0));
        });
        return Parameters.of(drawn);
    }
}
