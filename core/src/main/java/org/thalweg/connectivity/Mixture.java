package org.thalweg.connectivity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.network.HeadAxis;
import org.thalweg.network.JoinedHeads;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Models of one network and their weighted means in weight space. Tensors that are equal in all are taken as they are,
 * and the stages before the first tensor that differs are run once for all means.
 *
 * <p>Where the models are in memory a mean is computed as a whole. Where they are read tensor by tensor so is the mean:
 * each tensor when it is asked for.
 */
public final class Mixture {
    private final Network network;
    private final List<Parameters> models;
    private final Set<String> differing;
    private final Optional<JoinedHeads.Wider> heads;
    private final int firstDifference;

    private Mixture(
            Network network, List<Parameters> models, Set<String> differing, Optional<JoinedHeads.Wider> heads) {
        this.network = network;
        this.models = models;
        this.differing = differing;
        this.heads = heads;
        this.firstDifference =
                differing.stream().mapToInt(network::stageOf).min().orElse(network.stages() - 1);
    }

    /**
     * Compares the models' tensors, each of which is read once.
     *
     * @param network the network
     * @param models at least one, with the same names and shapes, all in memory or all read
     * @return their means
     */
    public static Mixture of(Network network, List<Parameters> models) {
        Set<String> differing = new LinkedHashSet<>();
        for (String name : network.tensors().keySet()) {
            try (Scope scope = Scope.open()) {
                Tensor first = models.getFirst().stored(name);
                if (!models.stream().skip(1).allMatch(model -> sameAs(first, model.stored(name)))) {
                    differing.add(name);
                }
            }
        }
        return new Mixture(network, List.copyOf(models), differing, Optional.empty());
    }

    private static boolean sameAs(Tensor one, Tensor other) {
        return one == other || one.dtype() == other.dtype() && one.sameAs(other);
    }

    /**
     * The same models read in another way.
     *
     * @param others with the same tensors
     * @return their means, without comparing again
     */
    public Mixture with(List<Parameters> others) {
        return new Mixture(network, List.copyOf(others), differing, heads);
    }

    /**
     * The same models with circuits of heads averaged in place of the maps that are multiplied to circuits.
     *
     * @param wider heads of as many models as these are
     * @return means of which every circuit is the mean of the models' circuits
     */
    public Mixture joining(JoinedHeads.Wider wider) {
        return new Mixture(network, models, differing, Optional.of(wider));
    }

    /** Runs the means. */
    private Network running() {
        return heads.map(JoinedHeads.Wider::network).orElse(network);
    }

    private Optional<HeadAxis> joined(String name) {
        return heads.map(wider -> wider.tensors().get(name));
    }

    /**
     * The first stage that reads a tensor in which the models differ.
     *
     * @return a stage; the last one when the models are equal
     */
    public int firstDifference() {
        return firstDifference;
    }

    /**
     * How many tensors are read to evaluate a mean on one batch of examples that has been advanced to the first
     * difference; for progress.
     *
     * @return tensors of all models
     */
    public long reads() {
        return network.tensors().keySet().stream().filter(name -> isReadFrom(firstDifference, name))
                .mapToLong(name -> differing.contains(name) || joined(name).isPresent() ? models.size() : 1).sum();
    }

    private boolean isReadFrom(int stage, String name) {
        return network.tensors().get(name).stages().getLast() >= stage;
    }

    /**
     * A weighted mean of the models.
     *
     * @param weights one for each model, from 0 on, that sum to 1; a model whose weight is 1 is the mean, exactly
     * @param from the stage from which on it is run
     * @return the tensors that these stages read, those in memory in the current scope; where circuits are averaged,
     *     those of wider heads
     */
    Parameters at(double[] weights, int from) {
        return models.getFirst().computed()
                .map(type -> Parameters.reading(network.tensors().keySet(), name -> mean(name, weights), type))
                .orElseGet(() -> Gradients.without(() -> models.getFirst()
                        .filter(name -> network.tensors().containsKey(name) && isReadFrom(from, name))
                        .mapNamed((name, _) -> mean(name, weights))));
    }

    private Tensor mean(String name, double[] weights) {
        Optional<HeadAxis> axis = joined(name);
        if (axis.isPresent()) {
            try (Scope scope = Scope.open()) {
                return scope.keep(axis.get().join(models.stream().map(model -> model.get(name)).toList(), weights));
            }
        }
        if (!differing.contains(name)) {
            return models.getFirst().stored(name);
        }
        int first = 0;
        while (weights[first] == 0) {
            first++;
        }
        Tensor mean = models.get(first).get(name);
        double sum = weights[first];
        for (int i = first + 1; i < weights.length; i++) {
            if (weights[i] > 0) {
                sum += weights[i];
                mean = mean.lerp(models.get(i).get(name), weights[i] / sum);
            }
        }
        return mean;
    }

    /**
     * Loss and accuracy of means.
     *
     * @param examples where to measure, advanced at most to {@link #firstDifference}
     * @param weights of each mean
     * @param progress told of each mean
     * @return the scores in the order of the weights
     * @throws ArithmeticException when a loss is not finite
     */
    public List<EvaluationSet.Score> scores(
            EvaluationSet examples, List<double[]> weights, StraightPath.Progress progress) {
        List<EvaluationSet.Score> scores = new ArrayList<>();
        for (double[] point : weights) {
            try (Scope scope = Scope.open()) {
                EvaluationSet.Score score = examples.score(running(), at(point, examples.from()));
                if (score.answers() > 0 && !Double.isFinite(score.loss())) {
                    throw new ArithmeticException("the loss is " + score.loss() + " at " + place(point));
                }
                scores.add(score);
            }
            progress.pointDone();
        }
        return scores;
    }

    private DType computed() {
        return models.getFirst().computed().orElseGet(
                () -> models.getFirst().stored(network.tensors().keySet().iterator().next()).dtype());
    }

    private static String place(double[] weights) {
        return weights.length == 2 ? "t = " + weights[1] + " of the path"
                : "the weights " + Arrays.toString(weights);
    }

    /**
     * Loss and accuracy of means on any number of examples, of which one batch is in memory at a time.
     *
     * @param examples where to measure
     * @param batch examples of a batch
     * @param weights of each mean
     * @param progress told of each mean and batch
     * @return the scores in the order of the weights
     * @throws ArithmeticException when a loss is not finite
     */
    public List<EvaluationSet.Score> scores(
            Examples examples, int batch, List<double[]> weights, StraightPath.Progress progress) {
        List<EvaluationSet.Score> all = new ArrayList<>();
        weights.forEach(_ -> all.add(EvaluationSet.Score.NONE));
        for (int start = 0; start < examples.size(); start += batch) {
            try (Scope scope = Scope.open()) {
                EvaluationSet.Batch next =
                        examples.batch(start, Math.min(batch, examples.size() - start), computed());
                EvaluationSet advanced =
                        EvaluationSet.advance(network, models.getFirst(), List.of(next), firstDifference);
                List<EvaluationSet.Score> more = scores(advanced, weights, progress);
                for (int point = 0; point < all.size(); point++) {
                    all.set(point, all.get(point).and(more.get(point)));
                }
            }
        }
        return all;
    }
}
