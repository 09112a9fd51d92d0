package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.failure.WorkFailure;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.Network;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.training.BalancedRouters;
import org.thalweg.training.TrainingLoss;

/**
 * A network of a study of experts: a Vision Transformer or a GPT-2, with experts or without.
 *
 * @param network the network
 * @param names of its tensors
 * @param residual width of its residual stream
 */
record StudyNetwork(Network network, TensorNames names, int residual) {
    /**
     * The network of a configuration.
     *
     * @param config a {@code config.json}; not changed
     * @return the network
     * @throws WorkFailure when the family is another, or a field is wrong
     */
    static StudyNetwork of(ObjectNode config) {
        return switch (TransformerFamily.network(config)) {
            case Vit vit -> new StudyNetwork(vit, vit.names(), vit.config().residual());
            case Decoder decoder -> new StudyNetwork(decoder, decoder.names(), decoder.config().residual());
            default -> throw new WorkFailure("studies put experts into models of the types vit and gpt2, not "
                    + config.path("model_type").asText() + ".");
        };
    }

    /**
     * The configuration of a network in some of whose layers experts stand in place of the feed-forward network.
     *
     * @param dense the configuration without experts; not changed
     * @param experts which layers, and their kind
     * @return a new configuration
     */
    static ObjectNode withExperts(ObjectNode dense, VitConfig.MoeLayers experts) {
        ObjectNode config = dense.deepCopy();
        config.put("model_type", dense.path("model_type").asText() + "-moe");
        String stock = dense.path("architectures").path(0).asText();
        config.putArray("architectures").add(stock.replaceFirst("^(ViT|GPT2)", "$1Moe"));
        return config.set("moe", experts.toJson());
    }

    /** Random tensors to train a whole network from. */
    Parameters initial(long seed) {
        long own = Random.childSeed(seed, "initialisation");
        return network instanceof Vit vit ? vit.initialise(Random.seeded(own))
                : TransformerFamily.GPT2.initial(network).draw(network, own);
    }

    /**
     * What a training of experts makes small; where their choice is corrected, the corrections are balanced beside it.
     *
     * @param config of this network, which has experts; not changed
     */
    TrainingLoss loss(ObjectNode config) {
        VitConfig.MoeLayers moe = ModelArchitecture.experts(config);
        if (!moe.layer().layer().router().isCorrected()) {
            return TrainingLoss.CROSS_ENTROPY;
        }
        Map<String, String> corrections = new LinkedHashMap<>();
        moe.layers().forEach(layer ->
                corrections.put(names.of(Role.ROUTER, layer), names.of(Role.ROUTER_CORRECTION, layer)));
        return new BalancedRouters(corrections, BalancedRouters.PUBLISHED_RATE);
    }

    /**
     * A backbone with random experts.
     *
     * @param config of this network, which has experts; not changed
     * @param backbone the model without; not changed
     * @param random where the numbers come from
     * @return the backbone without the feed-forward networks that experts replace, and the experts
     */
    Parameters withExperts(ObjectNode config, Parameters backbone, Random random) {
        VitConfig.MoeLayers moe = ModelArchitecture.experts(config);
        Parameters model = backbone.filter(network.tensors()::containsKey);
        for (int layer : moe.layers()) {
            model = model.with(moe.layer().initialise(names, layer, residual, random));
        }
        return model;
    }
}
