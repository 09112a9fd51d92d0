package org.thalweg.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Random weights to start a training from, as the stock classes draw them: normal numbers in maps and embeddings,
 * biases 0, gains 1. (What ViT's class calls a truncated normal distribution cuts at 2, a hundred deviations out.)
 *
 * @param deviation of the normal numbers
 * @param towardsStream names of the maps whose outputs are added to the residual stream, where these are drawn smaller
 * @param towardsStreamDeviation of the normal numbers in them
 */
public record InitialWeights(double deviation, Set<String> towardsStream, double towardsStreamDeviation) {
    /** The deviation of all stock classes here. */
    public static final double USUAL = 0.02;

    /** Copies the set. */
    public InitialWeights {
        towardsStream = Set.copyOf(towardsStream);
    }

    /** All maps alike. */
    public static InitialWeights alike() {
        return new InitialWeights(USUAL, Set.of(), USUAL);
    }

    /**
     * GPT-2's: maps into the stream, of which every layer has two, are smaller by the root of their number.
     *
     * @param towardsStream their names
     * @return the recipe
     */
    public static InitialWeights gpt2(Set<String> towardsStream) {
        return new InitialWeights(USUAL, towardsStream, USUAL / Math.sqrt(towardsStream.size()));
    }

    /**
     * Draws all tensors of a network, each from a seed of its own.
     *
     * @param network says which tensors there are
     * @param seed of all of them
     * @return float32 tensors in the current scope
     */
    public Parameters draw(Network network, long seed) {
        Map<String, Tensor> drawn = new LinkedHashMap<>();
        network.tensors().forEach((name, tensor) -> drawn.put(name, draw(tensor, Random.childSeed(seed, name))));
        return Parameters.of(drawn);
    }

    private Tensor draw(DeclaredTensor tensor, long seed) {
        if (tensor.shape().size() > 1) {
            double spread = towardsStream.contains(tensor.name()) ? towardsStreamDeviation : deviation;
            return Random.seeded(seed).normal(DType.FLOAT32, tensor.lengths()).multiply(spread);
        }
        boolean isGain = tensor.filling() instanceof DeclaredTensor.Filling.Normal(double mean, double _) && mean != 0;
        return isGain ? Tensor.ones(DType.FLOAT32, tensor.lengths()) : Tensor.zeros(DType.FLOAT32, tensor.lengths());
    }
}
