package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;

/**
 * What UniMM-V2X is trained by: cross-entropy of occupancy, summed over the cells of a patch; for each object the mean
 * distance of its best trajectory, and the cross-entropy of choosing that mode; and for each router, whose scores get
 * Gumbel noise, the variances over experts of the mean probability without noise and of the mean weight with noise.
 *
 * @param scene sizes
 * @param selected experts for each token
 * @param balance weight of the last term
 * @param seed of the noise
 */
record UniMmLoss(BirdsEyeScene scene, int selected, double balance, long seed) implements TrainingLoss {
    /** Keeps roots and logarithms of 0 from having no gradient. */
    private static final double SMALL = 1e-6;

    @Override
    public Tensor of(Pass pass) {
        Noise noise = new Noise(selected, Random.seeded(Random.childSeed(seed, "noise of step " + pass.step())),
                new ArrayList<>());
        Tensor task = task(scene, pass.outputs(noise), pass.labels());
        return noise.terms.stream().reduce(Tensor::add).map(sum -> task.add(sum.multiply(balance))).orElse(task);
    }

    /** All terms but those of the routers: the mean over scenes. */
    static Tensor task(BirdsEyeScene scene, Tensor outputs, Tensor labels) {
        Tensor logits = outputs.narrow(1, 0, scene.cells());
        Tensor perCell = Functions.relu(logits).subtract(logits.multiply(labels.narrow(1, 0, scene.cells())))
                .add(Functions.log(Functions.exp(logits.abs().multiply(-1)).add(1)));
        Trajectories modes = Trajectories.predicted(scene, outputs);
        Tensor errors = modes.distances(Trajectories.right(scene, labels)).mean(2, false); // [objects modes]
        return perCell.sum().multiply((double) BirdsEyeScene.PATCH * BirdsEyeScene.PATCH / perCell.size())
                .add(best(errors)).add(Functions.crossEntropy(modes.scores, leastOf(errors)));
    }

    /** Mean over objects of the least of [objects modes]. */
    static Tensor best(Tensor errors) {
        return errors.gather(1, leastOf(errors).unsqueeze(1)).sum().multiply(1.0 / errors.length(0));
    }

    private static Tensor leastOf(Tensor errors) {
        return errors.detach().multiply(-1).argmax(1);
    }

    /**
     * Where objects go.
     *
     * @param places [objects modes horizon 2]
     * @param scores [objects modes]
     */
    record Trajectories(Tensor places, Tensor scores) {
        /** What a network answers, [scenes outputs]. */
        static Trajectories predicted(BirdsEyeScene scene, Tensor outputs) {
            Tensor modes = outputs.narrow(1, scene.cells(), outputs.length(1) - scene.cells())
                    .reshape(-1, scene.modes(), scene.numbers());
            return new Trajectories(
                    modes.narrow(2, 0, 2L * scene.horizon()).reshape(-1, scene.modes(), scene.horizon(), 2),
                    modes.select(2, scene.numbers() - 1));
        }

        /** What is right, [scenes labels]: one mode. */
        static Trajectories right(BirdsEyeScene scene, Tensor labels) {
            Tensor places = labels.narrow(1, scene.cells(), labels.length(1) - scene.cells())
                    .reshape(-1, 1, scene.horizon(), 2);
            return new Trajectories(places, Tensor.ones(labels.dtype(), places.length(0), 1));
        }

        /** Distances from what is right, [objects modes horizon]. */
        Tensor distances(Trajectories right) {
            Tensor apart = places.subtract(right.places);
            return apart.multiply(apart).sum(3, false).add(SMALL).sqrt();
        }
    }

    /** Adds Gumbel noise to all scores and gathers a term for each router. */
    private record Noise(int selected, Random random, List<Tensor> terms) implements ExpertChoice {
        @Override
        public Tensor scored(String layer, Tensor scores) {
            Tensor uniform = random.uniform(DType.FLOAT32, SMALL, 1 - SMALL, scores.shape());
            Tensor noisy = scores.subtract(Functions.log(Functions.log(uniform).multiply(-1)));
            Tensor chosen = noisy.detach().argsortDescending(1).narrow(1, 0, selected);
            Tensor mass = Functions.softmax(noisy, -1)
                    .multiply(Tensor.zeros(scores.dtype(), scores.shape()).scatter(1, chosen, 1));
            terms.add(variance(Functions.softmax(scores, -1).mean(0, false))
                    .add(variance(mass.divide(mass.sum(1, true)).mean(0, false))));
            return noisy;
        }

        @Override
        public Tensor decide(String layer, Tensor chosen) {
            return chosen;
        }

        private static Tensor variance(Tensor shares) {
            Tensor apart = shares.subtract(shares.mean(0, true));
            return apart.multiply(apart).mean(0, false);
        }
    }
}
