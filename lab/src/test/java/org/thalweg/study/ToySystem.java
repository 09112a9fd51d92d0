package org.thalweg.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.MlpFamily;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.Mlp;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;
import org.thalweg.zoo.Claim;
import org.thalweg.zoo.Connection;
import org.thalweg.zoo.Measurements;
import org.thalweg.zoo.MoeSystem;
import org.thalweg.zoo.Settings;
import org.thalweg.zoo.SystemTraining;
import org.thalweg.zoo.Variant;

/** A plain network that tells in which of three sectors a point lies, and one that is trained on from there. */
final class ToySystem implements MoeSystem {
    @Override
    public String name() {
        return "toy";
    }

    @Override
    public String source() {
        return "nowhere";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("hidden", 8.0);
        defaults.put("epochs", 20.0);
        return defaults;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        if (settings.whole("hidden") > 100) {
            throw new WrongUse("settings.hidden is more than 100.");
        }
        long steps = settings.whole("epochs") * 4L;
        return List.of(new Variant("first", steps), new Variant("second", Optional.of("first"), steps));
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Mlp network = network(run.settings());
        Parameters from = start.orElseGet(() -> network.initialise(Random.seeded(run.seed("initial weights"))));
        TrainingPlan plan = new TrainingPlan(run.settings().whole("epochs"), 64,
                new Optimiser.Method.Sgd(0.9, false, 0), new Schedule(Schedule.Shape.COSINE, 0.2, 0));
        return run.train(
                new SystemTraining.Phase(network, new Sectors(256, 1), plan, TrainingLoss.CROSS_ENTROPY), from);
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        EvaluationSet.Score score = EvaluationSet.score(network(settings), model, new Sectors(256, 2), 256);
        return Map.of("loss", score.loss());
    }

    @Override
    public String connected() {
        return "first";
    }

    @Override
    public Connection connection(Settings settings) {
        Mlp network = network(settings);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network.tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        return new Connection(network,
                ModelArchitecture.of(network.config().toJson(), shapes, Set.of()),
                new WeightMatching(WeightMatchSettings.defaults()), UnaryOperator.identity(),
                model -> EvaluationSet.score(network, model, new Sectors(256, 2), 256).loss(), Optional.empty());
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(Claim.above("loss of the first minus the second's", "more",
                measured.difference("first", "second", "loss"), 0));
    }

    private static Mlp network(Settings settings) {
        return MlpFamily.network(new MlpConfig(List.of(2, settings.whole("hidden"), 3), UnitFunction.RELU));
    }

    /** Points of the plane, uniform in a square, with the sector in which they lie. */
    record Sectors(int size, long seed) implements Examples {
        @Override
        public int classes() {
            return 3;
        }

        @Override
        public Tensor inputs(int[] indices) {
            return Random.seeded(seed).uniform(DType.FLOAT32, -1, 1, size, 2).indexSelect(0, Tensor.indices(indices));
        }

        @Override
        public Tensor labels(int[] indices) {
            double[] points = inputs(indices).toDoubles();
            int[] labels = new int[indices.length];
            for (int i = 0; i < labels.length; i++) {
                double turn = Math.atan2(points[2 * i], points[2 * i + 1]) / (2 * Math.PI) + 0.5;
                labels[i] = Math.min(2, (int) (3 * turn));
            }
            return Tensor.indices(labels);
        }
    }
}
