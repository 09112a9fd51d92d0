package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;

/**
 * How much work a network does on one example, stage by stage, in multiply-adds of its weights: of a sparse gate only
 * the chosen experts count. Products of activations with each other, such as scores of attention, are left out, so this
 * compares networks and is no count.
 *
 * @param stages multiply-adds of each stage
 * @param parameters numbers of the model
 * @param experts the first stage that holds experts, 0 when none does
 */
record NetworkWork(double[] stages, long parameters, int experts) {
    /** Stages of a Vision Transformer's last layer that compute the class token alone, counted from the end. */
    private static final int OF_CLASS_TOKEN = 2;

    /**
     * The work of a network.
     *
     * @param network the network
     * @param config its {@code config.json}
     * @return its work
     */
    static NetworkWork of(Network network, ObjectNode config) {
        double[] stages = new double[network.stages()];
        long parameters = 0;
        double share = config.path("moe").has("num_experts_per_tok")
                ? config.path("moe").path("num_experts_per_tok").asDouble()
                        / config.path("moe").path("num_experts").asDouble() : 1;
        for (DeclaredTensor tensor : network.tensors().values()) {
            long numbers = product(tensor.shape());
            parameters += numbers;
            if (tensor.shape().size() < 2) {
                continue;
            }
            for (int stage : tensor.stages()) {
                stages[stage] += numbers * positions(network, config, stage)
                        * (tensor.name().contains(".experts.") ? share : 1);
            }
        }
        return new NetworkWork(stages, parameters,
                network.routers().stream().mapToInt(network::stageOf).min().orElse(0));
    }

    private static long product(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).reduce(1, (product, length) -> product * length);
    }

    /** To how many tokens of an example the maps of a stage are applied. */
    private static double positions(Network network, ObjectNode config, int stage) {
        return switch (network.inputs()) {
            case Inputs.Images(var image, int _) -> {
                int patch = config.path("patch_size").asInt(1);
                double tokens = 1 + (double) (image.height() / patch) * (image.width() / patch);
                yield stage >= network.stages() - OF_CLASS_TOKEN ? 1 : tokens;
            }
            // The embedding is looked up.
            case Inputs.Texts texts -> stage == 0 ? 0 : texts.longest();
            case Inputs.Pairs _, Inputs.Vectors _ -> 1;
        };
    }

    /** Multiply-adds of an example from a stage on. */
    double from(int stage) {
        return Arrays.stream(stages, stage, stages.length).sum();
    }
}
