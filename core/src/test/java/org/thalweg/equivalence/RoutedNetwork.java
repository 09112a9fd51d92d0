package org.thalweg.equivalence;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A network of one layer with experts: of each input the best two by {@code router.weight} [experts inputs] give a row
 * of numbers each, [inputs], weighted by the softmax over their scores; {@code head} [classes inputs] reads the sum.
 *
 * @param width numbers of an input
 * @param experts how many experts
 */
record RoutedNetwork(int width, int experts) implements Network {
    private static final int CLASSES = 3;

    @Override
    public int stages() {
        return 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            x = stage == 0 ? routed(parameters, x, choice) : x.matmul(parameters.get("head").transpose(0, 1));
        }
        return x;
    }

    private Tensor routed(Parameters parameters, Tensor x, ExpertChoice choice) {
        Tensor scores = x.matmul(parameters.get("router.weight").transpose(0, 1)); // [batch experts]
        Tensor chosen = choice.decide("router.weight", scores.argsortDescending(1).narrow(1, 0, 2)); // [batch 2]
        Tensor weights = Functions.softmax(scores.gather(1, chosen), -1);
        Tensor sum = Tensor.zeros(DType.FLOAT64, x.shape());
        for (int expert = 0; expert < experts; expert++) {
            Tensor used = weights.multiply(chosen.equalTo(expert).to(DType.FLOAT64)).sum(1, true); // [batch 1]
            sum = sum.add(x.matmul(parameters.get("expert." + expert).transpose(0, 1)).multiply(used));
        }
        return sum;
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        Map<String, DeclaredTensor> tensors = new LinkedHashMap<>();
        DeclaredTensor.Filling filling = new DeclaredTensor.Filling.Normal(0, 1);
        tensors.put("router.weight",
                new DeclaredTensor("router.weight", List.of((long) experts, (long) width), 0, filling));
        for (int expert = 0; expert < experts; expert++) {
            tensors.put("expert." + expert,
                    new DeclaredTensor("expert." + expert, List.of((long) width, (long) width), 0, filling));
        }
        tensors.put("head", new DeclaredTensor("head", List.of((long) CLASSES, (long) width), 1, filling));
        return tensors;
    }

    @Override
    public Inputs inputs() {
        return new Inputs.Vectors(width, CLASSES);
    }

    @Override
    public Object configuration() {
        return this;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.NONE;
    }
}
