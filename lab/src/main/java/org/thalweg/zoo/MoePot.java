package org.thalweg.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.connectivity.Examples;
import org.thalweg.family.OperatorFamily;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.operator.OperatorConfig;
import org.thalweg.network.operator.OperatorConfig.FeedForward;
import org.thalweg.network.operator.OperatorTransformer;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * MoE-POT on four families of equations in one dimension: one, two or four of the routed experts, and a dense model as
 * wide at each position as the experts of two. The gates' temperature falls during training, as in the published code.
 */
final class MoePot implements MoeSystem {
    private static final String MAIN = "top-2";
    private static final String DENSE = "dense";
    private static final Map<String, Integer> SELECTED = Map.of("top-1", 1, MAIN, 2, "top-4", 4);
    private static final String ONE_STEP = "one-step error";
    private static final String ROLLOUT = "zero-shot rollout error";
    private static final String ACCURACY = "family accuracy";
    private static final PdeRuns.Which TRAINING = new PdeRuns.Which("training", "runs", false);
    private static final PdeRuns.Which HELD_OUT = new PdeRuns.Which("held out", "held_out", false);

    @Override
    public String name() {
        return "moe-pot";
    }

    @Override
    public String source() {
        return "MoE-POT (arXiv 2510.25803)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("width", 32.0);
        values.put("blocks", 2.0);
        values.put("patch", 4.0);
        values.put("frames", 6.0);
        values.put("experts", 8.0);
        values.put("shared", 2.0);
        values.put("steps", 1000.0);
        values.put("batch", 32.0);
        values.put("learning_rate", 0.002);
        values.put("balance", 0.1);
        values.put("first_temperature", 2.0);
        values.put("temperature", 0.5);
        values.put("cooling", 0.99);
        values.put("runs", 128.0);
        values.put("held_out", 32.0);
        values.put("rollout", 5.0);
        values.put("frame_time", 0.2);
        values.put("solver_step", 0.04);
        return values;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        PdeFamily.requireStable(settings.number("frame_time"), settings.number("solver_step"));
        List<Variant> variants = Stream.of("top-1", MAIN, "top-4", DENSE)
                .map(name -> new Variant(name, settings.whole("steps"))).toList();
        variants.forEach(variant -> config(variant.name(), settings));
        return variants;
    }

    private static OperatorConfig config(String variant, Settings settings) {
        int width = settings.whole("width");
        int shared = settings.whole("shared");
        FeedForward feedForward = variant.equals(DENSE)
                // Features, two routed and all shared experts have as many weights as up and down map together.
                ? new FeedForward.Plain(Math.ceilDiv((1 + SELECTED.get(MAIN) + shared) * width, 2))
                : new FeedForward.Routed(settings.whole("experts"), SELECTED.get(variant), shared,
                        settings.number("temperature"));
        return new OperatorConfig(PdeFamily.POINTS, settings.whole("frames"), settings.whole("patch"), width,
                settings.whole("blocks"), feedForward);
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        OperatorTransformer network = OperatorFamily.network(config(variant.name(), settings));
        int batch = settings.whole("batch");
        TrainingPlan plan = new TrainingPlan(1, batch, new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 0),
                new Schedule(Schedule.Shape.COSINE, settings.number("learning_rate"), 0.05));
        Examples examples = PdeRuns.of(TRAINING, settings).examples(Math.multiplyExact(settings.whole("steps"), batch));
        return run.train(new SystemTraining.Phase(network, examples, plan, pass -> loss(pass, network, settings)),
                network.initialise(Random.seeded(run.seed("initial weights"))));
    }

    /** Relative errors, and how unequally the gates use the experts, at the temperature of the step. */
    private static Tensor loss(TrainingLoss.Pass pass, OperatorTransformer network, Settings settings) {
        double temperature = Math.max(settings.number("temperature"),
                settings.number("first_temperature") * Math.pow(settings.number("cooling"), pass.step()));
        Gates gates = new Gates(network.at(temperature), temperature, new LinkedHashMap<>());
        Tensor loss = relative(gates.run(pass.model(), pass.state()), pass.labels()).mean(0, false);
        for (Tensor weights : gates.weights(pass.model())) {
            Tensor unequal = weights.mean(0, false).add(-1.0 / weights.length(1)); // [experts]
            loss = loss.add(unequal.multiply(unequal).mean(0, false).multiply(settings.number("balance")));
        }
        return loss;
    }

    /** For each field {@code ‖found − right‖ / ‖right‖}, [batch]. */
    private static Tensor relative(Tensor found, Tensor right) {
        Tensor difference = found.subtract(right);
        return difference.multiply(difference).sum(1, false).divide(right.multiply(right).sum(1, false)).sqrt();
    }

    /** A network that shows the softmax over all scores of its gates, and what entered them. */
    private record Gates(OperatorTransformer network, double temperature, Map<String, Tensor> entering)
            implements ExpertChoice {
        @Override
        public void look(String layer, Tensor shown, boolean isShiftFree) {
            entering.put(layer, shown);
        }

        @Override
        public Tensor decide(String layer, Tensor chosen) {
            return chosen;
        }

        Tensor run(Parameters model, Tensor inputs) {
            return network.run(model, inputs, new StageSpan(0, network.stages()), this);
        }

        /** Of the last run, for each gate [batch experts]. */
        List<Tensor> weights(Parameters model) {
            return entering.entrySet().stream()
                    .map(gate -> Functions.softmax(Functions.linear(gate.getValue(), model.get(gate.getKey()),
                            Optional.of(model.get(TensorNames.biasOf(gate.getKey())))).multiply(1 / temperature), -1))
                    .toList();
        }
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        OperatorTransformer network = OperatorFamily.network(config(variant.name(), settings));
        PdeRuns known = PdeRuns.of(HELD_OUT, settings);
        PdeRuns unseen = PdeRuns.of(new PdeRuns.Which("unseen parameters", "held_out", true), settings);
        Map<String, Double> found = new LinkedHashMap<>();
        found.put(ONE_STEP, error(network, model, known));
        found.put("zero-shot one-step error", error(network, model, unseen));
        found.put("error of no change", relative(
                known.states(all(known, 1), known.frames() - 1, 1),
                known.states(all(known, 1), known.frames(), 1)).mean(0, false).item());
        found.putAll(rollout(network, model, unseen));
        if (!network.routers().isEmpty()) {
            Gates gates = new Gates(network, settings.number("temperature"), new LinkedHashMap<>());
            found.putAll(families(
                    weights(gates, model, PdeRuns.of(TRAINING, settings)), weights(gates, model, known)));
        }
        return found;
    }

    /** Numbers of all windows, or of the first of each run. */
    private static int[] all(PdeRuns runs, int apart) {
        return IntStream.range(0, runs.states().size() * runs.next() / apart).map(i -> i * apart).toArray();
    }

    private static double error(OperatorTransformer network, Parameters model, PdeRuns runs) {
        int[] windows = all(runs, 1);
        return relative(network.forward(model, runs.states(windows, 0, runs.frames())),
                runs.states(windows, runs.frames(), 1)).mean(0, false).item();
    }

    /** Means over steps that start from what the network itself found. */
    private static Map<String, Double> rollout(OperatorTransformer network, Parameters model, PdeRuns runs) {
        int[] first = all(runs, runs.next());
        Tensor seen = runs.states(first, 0, runs.frames());
        Tensor errors = Tensor.zeros(seen.dtype(), first.length);
        for (int step = 0; step < runs.next(); step++) {
            Tensor next = network.forward(model, seen);
            errors = errors.add(relative(next, runs.states(first, runs.frames() + step, 1)));
            seen = Tensor.concatenate(List.of(
                    seen.narrow(1, PdeFamily.POINTS, seen.length(1) - PdeFamily.POINTS), next), 1);
        }
        Tensor means = errors.multiply(1.0 / runs.next()).reshape(PdeFamily.values().length, -1).mean(1, false);
        Map<String, Double> found = new LinkedHashMap<>();
        found.put(ROLLOUT, means.mean(0, false).item());
        for (PdeFamily family : PdeFamily.values()) {
            found.put(ROLLOUT + " " + family.label(), means.toDoubles()[family.ordinal()]);
        }
        return found;
    }

    /** Weights of all gates beside one another, [windows gates*experts]. */
    private static Tensor weights(Gates gates, Parameters model, PdeRuns runs) {
        gates.run(model, runs.states(all(runs, 1), 0, runs.frames()));
        return Tensor.concatenate(gates.weights(model), 1);
    }

    /**
     * What the gates tell of the family: for each window that whose mean weights in training have the smallest
     * cross-entropy with the window's, summed over gates.
     */
    private static Map<String, Double> families(Tensor training, Tensor heldOut) {
        PdeFamily[] families = PdeFamily.values();
        Tensor means = training.reshape(families.length, -1, training.length(1)).mean(1, false);
        long[] told = heldOut.matmul(Functions.log(means).transpose(0, 1)).argmax(1).toLongs();
        int each = told.length / families.length;
        double[][] shares = new double[families.length][families.length];
        for (int window = 0; window < told.length; window++) {
            shares[window / each][(int) told[window]] += 1.0 / each;
        }
        Map<String, Double> found = new LinkedHashMap<>();
        found.put(ACCURACY, IntStream.range(0, families.length).mapToDouble(i -> shares[i][i]).average().orElseThrow());
        for (PdeFamily right : families) {
            for (PdeFamily answer : families) {
                found.put("confusion " + right.label() + " " + answer.label(),
                        shares[right.ordinal()][answer.ordinal()]);
            }
        }
        return found;
    }

    @Override
    public String connected() {
        return MAIN;
    }

    @Override
    public Connection connection(Settings settings) {
        OperatorTransformer trained = OperatorFamily.network(config(MAIN, settings));
        OperatorTransformer folded = trained.at(1);
        Set<String> routers = trained.routers().stream()
                .flatMap(router -> Stream.of(router, TensorNames.biasOf(router))).collect(Collectors.toSet());
        PdeRuns runs = PdeRuns.of(HELD_OUT, settings);
        return new Connection(folded, OperatorFamily.architecture(folded.config()),
                new WeightMatching(WeightMatchSettings.defaults()),
                model -> model.mapNamed((name, tensor) ->
                        routers.contains(name) ? tensor.multiply(1 / settings.number("temperature")) : tensor),
                model -> error(folded, model, runs), Optional.empty());
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        double[] less = measured.difference(MAIN, DENSE, ROLLOUT);
        return List.of(
                Claim.below("zero-shot rollout error, relative to a dense model of equal active width minus 1",
                        "−0.40 against 120M active", IntStream.range(0, less.length)
                                .mapToDouble(seed -> less[seed] / measured.of(DENSE, ROLLOUT)[seed]).toArray(), 0),
                Claim.above("share of inputs whose equation the routes identify, chance 0.25", "0.977 to 0.98",
                        measured.of(MAIN, ACCURACY), 1.0 / PdeFamily.values().length),
                Claim.below("one-step error with 2 experts minus with 1", "0.00777 − 0.01379 (Navier-Stokes 1e-5)",
                        measured.difference(MAIN, "top-1", ONE_STEP), 0),
                Claim.below("one-step error with 4 experts minus with 2", "0.00762 − 0.00777 (Navier-Stokes 1e-5)",
                        measured.difference("top-4", MAIN, ONE_STEP), 0));
    }
}
