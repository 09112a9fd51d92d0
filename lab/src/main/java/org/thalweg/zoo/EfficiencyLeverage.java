package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.InitialWeights;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * Efficiency leverage (arXiv 2507.17702): how many times the compute a dense model takes for the loss of a model with a
 * Mixture of Experts. Ling-like decoders of one active width and 1, 2, 4 or 8 times as many experts as are active, and
 * of experts of four widths, are trained for several lengths on a random source whose floor of the loss is known.
 */
public final class EfficiencyLeverage implements MoeSystem {
    private static final SweepModel DENSE = new SweepModel(1, 2);
    private static final SweepModel SPARSEST = new SweepModel(8, 2);
    /** The sparsity at which granularity is varied. */
    private static final int MIDDLE = 4;
    private static final List<SweepModel> BY_ACTIVATION =
            List.of(DENSE, new SweepModel(2, 2), new SweepModel(MIDDLE, 2), SPARSEST);
    private static final List<SweepModel> BY_GRANULARITY = IntStream.of(1, 2, 4, 8)
            .mapToObj(granularity -> new SweepModel(MIDDLE, granularity)).toList();
    /** The longest training over each of the trainings. */
    private static final List<Integer> SHORTER = List.of(4, 2, 1);
    private static final int HELD_OUT = 1024;
    private static final Optimiser.Method METHOD = new Optimiser.Method.AdamW(0.9, 0.95, 1e-8, 0.01);

    /** What one variant is: a kind of model and a part of the longest training. */
    private record Trained(SweepModel model, int shorter) {
        int steps(Settings settings) {
            return settings.whole("steps") / shorter;
        }
    }

    /** The system. */
    public EfficiencyLeverage() {}

    @Override
    public String name() {
        return "efficiency-leverage";
    }

    @Override
    public String source() {
        return "Efficiency Leverage (arXiv 2507.17702)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("vocabulary", 32.0);
        defaults.put("window", 16.0);
        // So narrow that the dense network has no room for the table of the source.
        defaults.put("residual", 16.0);
        defaults.put("heads", 2.0);
        defaults.put("layers", 1.0);
        defaults.put("groups", 4.0);
        defaults.put("kept_groups", 2.0);
        defaults.put("steps", 1200.0);
        defaults.put("batch", 64.0);
        defaults.put("learning_rate", 0.01);
        defaults.put("initial_deviation", 0.1);
        defaults.put("balance", 0.01);
        return defaults;
    }

    private static Map<String, Trained> trained() {
        Map<String, Trained> variants = new LinkedHashMap<>();
        List<SweepModel> models = new ArrayList<>(BY_ACTIVATION);
        BY_GRANULARITY.stream().filter(model -> !models.contains(model)).forEach(models::add);
        for (SweepModel model : models) {
            // Two lengths are enough for a curve where leverage is not compared over compute.
            SHORTER.stream().filter(part -> BY_ACTIVATION.contains(model) || part <= 2).forEach(part -> variants.put(
                    model.label() + "-" + (part == 1 ? "full" : "part" + part), new Trained(model, part)));
        }
        return variants;
    }

    private static String longest(SweepModel model) {
        return model.label() + "-full";
    }

    @Override
    public List<Variant> variants(Settings settings) {
        if (settings.whole("steps") % SHORTER.getFirst() != 0) {
            throw new WrongUse("settings.steps is " + settings.whole("steps") + " but the shortest training has a "
                    + "quarter of them; give a multiple of 4.");
        }
        if (settings.whole("window") < 3) {
            throw new WrongUse("settings.window is " + settings.whole("window")
                    + " but what comes next depends on two tokens; give at least 3.");
        }
        data(settings);
        settings.whole("batch");
        Map<String, Trained> all = trained();
        all.values().forEach(one -> one.model().network(settings));
        return all.entrySet().stream()
                .map(one -> new Variant(one.getKey(), one.getValue().steps(settings))).toList();
    }

    private static SecondOrderSource data(Settings settings) {
        return SecondOrderSource.of(settings.whole("vocabulary"), DATA_SEED);
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        Trained what = trained().get(variant.name());
        Decoder network = what.model().network(settings);
        int batch = settings.whole("batch");
        Examples examples = data(settings).examples(what.steps(settings) * batch, settings.whole("window"),
                Random.childSeed(DATA_SEED, "training text"));
        TrainingPlan plan = new TrainingPlan(1, batch, METHOD,
                new Schedule(Schedule.Shape.COSINE, settings.number("learning_rate"), 0.05), 1.0);
        double weight = settings.number("balance");
        TrainingLoss loss = pass -> {
            BalanceTerm balance = new BalanceTerm(pass.model());
            Tensor outputs = pass.outputs(balance);
            return balance.addedTo(Functions.crossEntropy(outputs, pass.labels()), weight);
        };
        double deviation = settings.number("initial_deviation");
        Set<String> corrections = what.model().isDense() ? Set.of() : corrections(network);
        return run.train(new SystemTraining.Phase(network, examples, plan, loss, name -> !corrections.contains(name)),
                new InitialWeights(deviation, Set.of(), deviation).draw(network, run.seed("initial weights")));
    }

    /** What enters the choice of experts alone, and so has no gradient. */
    private static Set<String> corrections(Decoder network) {
        return IntStream.range(0, network.config().layers().size())
                .mapToObj(layer -> network.names().of(Role.ROUTER_CORRECTION, layer))
                .collect(Collectors.toSet());
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        Trained what = trained().get(variant.name());
        SecondOrderSource source = data(settings);
        long seed = Random.childSeed(DATA_SEED, "held-out text");
        int window = settings.whole("window");
        EvaluationSet.Score score = EvaluationSet.score(
                what.model().network(settings), model, source.examples(HELD_OUT, window, seed), HELD_OUT);
        double floor = source.floor(source.text(SecondOrderSource.length(HELD_OUT, window), seed));
        double tokens = (double) what.steps(settings) * settings.whole("batch") * window;
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put(SweptLeverages.ACTIVATION, 1.0 / what.model().sparsity());
        measured.put(SweptLeverages.GRANULARITY, (double) what.model().granularity());
        measured.put(SweptLeverages.COMPUTE, what.model().flopsPerToken(settings) * tokens);
        measured.put("loss", score.loss());
        measured.put(SweptLeverages.EXCESS, score.loss() - floor);
        measured.put("busiest_expert", busiest(what.model(), model, settings));
        return measured;
    }

    /** The largest load of an expert of any layer over the mean load; 1 of a dense model. */
    private static double busiest(SweepModel kind, Parameters model, Settings settings) {
        double[] largest = {1};
        Examples some = data(settings).examples(
                256, settings.whole("window"), Random.childSeed(DATA_SEED, "held-out text"));
        ExpertChoice choice = (_, chosen) -> {
            for (float load : BalanceTerm.load(chosen, kind.experts())) {
                largest[0] = Math.max(largest[0], load);
            }
            return chosen;
        };
        try (Scope scope = Scope.open()) {
            Decoder network = kind.network(settings);
            Gradients.without(() -> network.run(model, some.batch(0, some.size(), DType.FLOAT32).state(),
                    new StageSpan(0, network.stages()), choice));
        }
        return largest[0];
    }

    @Override
    public String connected() {
        return longest(SPARSEST);
    }

    @Override
    public Connection connection(Settings settings) {
        Decoder network = SPARSEST.network(settings);
        Examples heldOut = data(settings).examples(
                HELD_OUT, settings.whole("window"), Random.childSeed(DATA_SEED, "held-out text"));
        ToDoubleFunction<Parameters> loss =
                model -> EvaluationSet.score(network, model, heldOut, HELD_OUT).loss();
        return new Connection(network, SPARSEST.architecture(settings),
                new WeightMatching(WeightMatchSettings.defaults()), model -> model, loss, Optional.empty());
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        int seeds = measured.byVariant().values().iterator().next().size();
        List<SweptLeverages> all = IntStream.range(0, seeds)
                .mapToObj(seed -> SweptLeverages.of(measured, seed)).toList();
        return List.of(
                Claim.above("rank correlation of leverage and 1/A, A from 1 to 1/8 at G = 2",
                        "1 (leverage rises down to A = 0.8 %)",
                        each(all, one -> one.rankCorrelation(BY_ACTIVATION)), 0),
                Claim.above("leverage at A = 1/8, G = 2",
                        "above 1 (its law has 7.245 at A = 3.1 %, G = 12, 1e22 FLOPs)",
                        each(all, one -> one.of(SPARSEST)), 1),
                Claim.above("by how much the loss falls faster at A = 1/8 than of dense models, as a power of compute",
                        "above 0 (leverage grows with compute)", each(all, EfficiencyLeverage::faster), 0),
                Claim.below("curvature of ln leverage over log2 G, G from 1 to 8 at A = 1/4",
                        "below 0 (its law has -0.022 at A = 1/4)", each(all, EfficiencyLeverage::curvature), 0));
    }

    private static double faster(SweptLeverages leverages) {
        return leverages.curve(DENSE).loss().exponent() - leverages.curve(SPARSEST).loss().exponent();
    }

    private static double[] each(List<SweptLeverages> all, ToDoubleFunction<SweptLeverages> number) {
        return all.stream().mapToDouble(number).toArray();
    }

    /** The square's coefficient of the parabola of least squares through four points at 0, 1, 2 and 3. */
    private static double curvature(SweptLeverages leverages) {
        double[] logs = BY_GRANULARITY.stream().mapToDouble(leverages::of).map(Math::log).toArray();
        return (logs[0] - logs[1] - logs[2] + logs[3]) / 4;
    }
}
