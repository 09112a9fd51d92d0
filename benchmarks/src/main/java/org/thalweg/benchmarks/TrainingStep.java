package org.thalweg.benchmarks;

import org.thalweg.family.VitFamily;
import org.thalweg.network.vit.Vit;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** One step of AdamW on one batch of random images, as a training does it: forward, loss, backward, update. */
final class TrainingStep implements AutoCloseable {
    private static final double RATE = 1e-3;

    private final Scope scope = Scope.open();
    private final Vit network = VitFamily.network(Sizes.cifar());
    private final Parameters leaves;
    private final Optimiser optimiser;
    private final Tensor images;
    private final Tensor labels;

    TrainingStep(int batch) {
        Random random = Random.seeded(1);
        leaves = Gradients.leaves(network.initialise(random));
        optimiser = new Optimiser(new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0.01), leaves);
        images = random.normal(DType.FLOAT32, batch, 3, 32, 32);
        int[] classes = new int[batch];
        for (int i = 0; i < batch; i++) {
            classes[i] = i % Sizes.CLASSES;
        }
        labels = Tensor.indices(classes);
    }

    /** Does a step and returns its loss. */
    double run() {
        try (Scope step = Scope.open()) {
            Tensor logits = network.run(leaves, images, 0, network.stages());
            Tensor loss = Functions.crossEntropy(logits, labels);
            double value = loss.item();
            optimiser.step(loss, RATE);
            return value;
        }
    }

    /** Does steps and returns the milliseconds of each. */
    double[] time(int steps) {
        double[] milliseconds = new double[steps];
        for (int step = 0; step < steps; step++) {
            long start = System.nanoTime();
            run();
            milliseconds[step] = (System.nanoTime() - start) / 1e6;
        }
        return milliseconds;
    }

    @Override
    public void close() {
        optimiser.close();
        scope.close();
    }
}
