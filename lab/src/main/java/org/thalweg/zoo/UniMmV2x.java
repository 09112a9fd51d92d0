package org.thalweg.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.BirdsEyeFamily;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.birdseye.BirdsEye;
import org.thalweg.network.birdseye.BirdsEyeConfig;
import org.thalweg.network.birdseye.BirdsEyeConfig.Block;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingPlan;

/**
 * UniMM-V2X at a size of seconds: two agents that see half a grid each, fused at one level or two, with experts or a
 * feed-forward network of the same active width in the encoder and in the motion decoder.
 */
final class UniMmV2x implements MoeSystem {
    private static final List<String> FUSIONS = List.of("perception", "prediction");
    private static final List<String> KINDS = List.of("ffn", "moe");
    private static final List<String> NAMES = FUSIONS.stream()
            .flatMap(fusion -> KINDS.stream().map(encoder -> fusion + "-" + encoder))
            .flatMap(start -> KINDS.stream().map(decoder -> start + "-" + decoder)).toList();
    private static final String WHOLE = "prediction-moe-moe";
    /** Of the test scenes, those on which losses along a line are measured, many times over. */
    private static final int LINE_SCENES = 64;
    /** What the authors' code adds to the variance. */
    private static final double EPSILON = 1e-5;

    @Override
    public String name() {
        return "unimm-v2x";
    }

    @Override
    public String source() {
        return "UniMM-V2X (arXiv 2511.09013)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> settings = new LinkedHashMap<>();
        settings.put("scenes", 2048.0);
        settings.put("test_scenes", 512.0);
        settings.put("side", 16.0);
        settings.put("objects", 3.0);
        settings.put("width", 32.0);
        settings.put("experts", 4.0);
        settings.put("selected", 2.0);
        settings.put("expert_width", 32.0);
        settings.put("post_norm", 0.0);
        settings.put("balance", 0.05);
        settings.put("epochs", 8.0);
        settings.put("batch", 16.0);
        settings.put("rate", 0.01);
        return settings;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        long steps = plan(settings).steps(settings.whole("scenes"));
        settings.whole("test_scenes");
        NAMES.forEach(name -> network(name, settings));
        return NAMES.stream().map(name -> new Variant(name, steps)).toList();
    }

    private static TrainingPlan plan(Settings settings) {
        return new TrainingPlan(settings.whole("epochs"), settings.whole("batch"),
                new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 0),
                new Schedule(Schedule.Shape.COSINE, settings.number("rate"), 0.05), 1);
    }

    /** The network of a variant; refuses settings that make none. */
    private static BirdsEye network(String variant, Settings settings) {
        double postNorm = settings.number("post_norm");
        if (postNorm != 0 && postNorm != 1) {
            throw new WrongUse("settings.post_norm is " + postNorm + " but must be 0 for a skip around experts or 1 "
                    + "for a LayerNorm in its place.");
        }
        MoeConfig moe = new MoeConfig(settings.whole("experts"), new Gating.Sparse(settings.whole("selected")),
                List.of(settings.whole("expert_width")), UnitFunction.RELU);
        Block dense = new Block.FeedForward(settings.whole("selected") * settings.whole("expert_width"));
        BirdsEyeScene scene = new BirdsEyeScene(settings.whole("side"), 3, 3, settings.whole("objects"), 4, 3);
        List<String> parts = List.of(variant.split("-"));
        return BirdsEyeFamily.network(new BirdsEyeConfig(scene, settings.whole("width"),
                parts.get(1).equals("moe") ? new Block.Experts(moe) : dense,
                parts.get(2).equals("moe") ? new Block.Experts(moe) : dense,
                parts.get(0).equals("prediction"),
                postNorm == 1 ? OptionalDouble.of(EPSILON) : OptionalDouble.empty()));
    }

    private static UniMmScenes scenes(BirdsEye network, Settings settings, String which) {
        return UniMmScenes.made(network.config().scene(), settings.whole(which), Random.childSeed(DATA_SEED, which));
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        BirdsEye network = network(variant.name(), settings);
        // Linear maps uniform in ±1/√(inputs), the stock classes' default.
        Parameters drawn = DeclaredTensor.draw(
                network.tensors().values(), Random.seeded(run.seed("initial weights")));
        UniMmLoss loss = new UniMmLoss(network.config().scene(), settings.whole("selected"),
                settings.number("balance"), run.seed("gumbel noise"));
        return run.train(new SystemTraining.Phase(
                network, scenes(network, settings, "scenes"), plan(settings), loss), drawn);
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        BirdsEye network = network(variant.name(), settings);
        return new UniMmMeasures(network, scenes(network, settings, "test_scenes")).of(model);
    }

    @Override
    public String connected() {
        return WHOLE;
    }

    @Override
    public Connection connection(Settings settings) {
        BirdsEye network = network(WHOLE, settings);
        Examples test = scenes(network, settings, "test_scenes").first(LINE_SCENES);
        return new Connection(network, BirdsEyeFamily.architecture(network.config()),
                new WeightMatching(WeightMatchSettings.defaults()), UnaryOperator.identity(),
                model -> loss(network, model, test),
                Optional.of("blocks.0.moe.experts").filter(_ -> settings.whole("experts") <= 4));
    }

    private static double loss(BirdsEye network, Parameters model, Examples test) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                EvaluationSet.Batch all = test.batch(0, test.size(), DType.FLOAT32);
                Tensor outputs = network.forward(model, all.state());
                return UniMmLoss.task(network.config().scene(), outputs, all.labels()).item();
            }
        });
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(
                Claim.below("minADE with trajectories averaged too minus with features added alone, mean of all blocks",
                        "not given; -7.2 % against UniV2X, whole system",
                        effect(measured, "min_ade", FUSIONS, 0), 0),
                Claim.below("planning error with trajectories averaged too minus with features added alone, mean of "
                        + "all blocks", "not given; -33.2 % against UniV2X, whole system",
                        effect(measured, "planning_error", FUSIONS, 0), 0),
                Claim.above("occupancy F1 with experts in the encoder minus without, mean of all fusions and decoders",
                        "not given; +39.7 % against UniV2X, whole system",
                        effect(measured, "occupancy_f1", KINDS, 1), 0),
                Claim.below("minADE with experts in the decoder minus without, mean of all fusions and encoders",
                        "not given; -7.2 % against UniV2X, whole system", effect(measured, "min_ade", KINDS, 2), 0),
                Claim.below("planning error of the whole system minus without experts and averaged trajectories",
                        "-33.2 % against UniV2X",
                        measured.difference(WHOLE, "perception-ffn-ffn", "planning_error"), 0),
                Claim.above("mutual information of the decoder's routes and manoeuvres minus what chance shares",
                        "not given", excess(measured, "decoder"), 0),
                Claim.above("mutual information of the encoder's routes and manoeuvres minus what chance shares",
                        "not given", excess(measured, "encoder"), 0));
    }

    /** Seed by seed, what the later of two alternatives at one place of a variant's name adds, mean of all others. */
    private static double[] effect(Measurements measured, String quantity, List<String> alternatives, int place) {
        List<double[]> differences = measured.byVariant().keySet().stream()
                .filter(name -> name.split("-")[place].equals(alternatives.getLast()))
                .map(name -> {
                    String[] parts = name.split("-");
                    parts[place] = alternatives.getFirst();
                    return measured.difference(name, String.join("-", parts), quantity);
                }).toList();
        return IntStream.range(0, differences.getFirst().length)
                .mapToDouble(seed -> differences.stream().mapToDouble(all -> all[seed]).average().orElseThrow())
                .toArray();
    }

    private static double[] excess(Measurements measured, String block) {
        double[] found = measured.of(WHOLE, block + "_nmi");
        double[] chance = measured.of(WHOLE, block + "_nmi_by_chance");
        return IntStream.range(0, found.length).mapToDouble(seed -> found[seed] - chance[seed]).toArray();
    }
}
