package org.thalweg.study;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Times networks on this machine: random weights, random inputs, forward passes for about a second each. */
final class MachineTiming {
    private static final int INPUTS = 32;
    private static final long SEED = 1;
    private static final double SECONDS = 1;
    private static final double NANOS = 1e9;

    private final int threads;
    private final Map<ObjectNode, Double> rates = new HashMap<>();

    MachineTiming(int threads) {
        this.threads = threads;
    }

    /**
     * How fast a network runs.
     *
     * @param config its {@code config.json}
     * @return multiply-adds, as {@link NetworkWork} counts them, in a second
     */
    double rate(ObjectNode config) {
        return rates.computeIfAbsent(config, this::measure);
    }

    private double measure(ObjectNode config) {
        Network network = TransformerFamily.network(config);
        Engine.useThreadsPerOperation(threads);
        try (Scope scope = Scope.open()) {
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(SEED));
            Tensor drawn = network.inputs().random(INPUTS, SEED).batches().getFirst().get();
            Tensor inputs = drawn.dtype().isFloating() ? drawn.to(DType.FLOAT32) : drawn;
            pass(network, model, inputs);
            long start = System.nanoTime();
            long passes = 0;
            double seconds;
            do {
                pass(network, model, inputs);
                passes++;
                seconds = (System.nanoTime() - start) / NANOS;
            } while (seconds < SECONDS);
            // Random texts are shorter than those that the network's work is counted for.
            double share = network.inputs() instanceof Inputs.Texts texts
                    ? (double) inputs.length(1) / texts.longest() : 1;
            return share * passes * inputs.length(0) * NetworkWork.of(network, config).from(0) / seconds;
        }
    }

    private static void pass(Network network, Parameters model, Tensor inputs) {
        try (Scope scope = Scope.open()) {
            Gradients.without(() -> network.forward(model, inputs));
        }
    }
}
