package org.thalweg.zoo;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.GraphFamily;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.graph.GraphConfig;
import org.thalweg.network.graph.GraphExperts;
import org.thalweg.network.graph.LinkPrediction;
import org.thalweg.network.moe.Experts;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * GMoPE: graph convolutions with prompts, pre-trained to predict links on four families of graphs, each graph by the
 * experts that do it best; then all experts, weighed by confidence, tell the classes of nodes in a fifth family from
 * few labels. No code of the authors is public; what the paper leaves open is a choice (docs/zoo/gmope.md).
 */
public final class Gmope implements MoeSystem {
    private static final String PRETRAINED = "pretrained";
    private static final String FREE = "pretrained-without-orthogonality";
    private static final String ONE_PROMPT = "pretrained-one-prompt";
    private static final String FULL = "full";
    private static final String PROMPT_ONLY = "prompt-only";
    private static final String HEAD_ONLY = "head-only";
    private static final String PROMPT_ONLY_FREE = "prompt-only-without-orthogonality";
    private static final String PROMPT_ONLY_ONE = "one-prompt";

    private static final String ACCURACY = "accuracy";
    private static final String SHARE = "trained_share";
    private static final String COSINE = "prompt_cosine";
    private static final String SIGNED_COSINE = "prompt_cosine_signed";
    private static final String USAGE = "usage_entropy";
    private static final int BATCH = 16;
    private static final double POINTS = 0.02;

    @Override
    public String name() {
        return "gmope";
    }

    @Override
    public String source() {
        return "GMoPE (arXiv 2511.03251)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        List.of(Map.entry("nodes", 24.0), Map.entry("features", 8.0), Map.entry("density", 1.0),
                Map.entry("graphs", 60.0), Map.entry("test_graphs", 60.0), Map.entry("shots", 10.0),
                Map.entry("experts", 4.0), Map.entry("selected", 2.0), Map.entry("prompt", 8.0),
                Map.entry("hidden", 32.0), Map.entry("embedding", 16.0), Map.entry("temperature", 0.8),
                Map.entry("orthogonality", 0.1), Map.entry("epochs", 40.0), Map.entry("rate", 0.01),
                Map.entry("tuning_steps", 200.0), Map.entry("full_rate", 0.001), Map.entry("prompt_rate", 0.01))
                .forEach(setting -> defaults.put(setting.getKey(), setting.getValue()));
        return defaults;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        GraphData.of(settings);
        classifier(settings, false);
        routing(settings);
        for (String factor : List.of("orthogonality", "rate", "full_rate", "prompt_rate")) {
            if (!(settings.number(factor) >= 0 && settings.number(factor) < Double.POSITIVE_INFINITY)) {
                throw new WrongUse("settings." + factor + " is " + settings.number(factor)
                        + " but must be a number from 0 on.");
            }
        }
        long before = Math.ceilDiv((long) GraphData.FAMILIES.size() * settings.whole("graphs"), BATCH)
                * settings.whole("epochs");
        long after = settings.whole("tuning_steps");
        return List.of(new Variant(PRETRAINED, before), new Variant(FREE, before), new Variant(ONE_PROMPT, before),
                new Variant(FULL, Optional.of(PRETRAINED), after),
                new Variant(PROMPT_ONLY, Optional.of(PRETRAINED), after),
                new Variant(HEAD_ONLY, Optional.of(PRETRAINED), after),
                new Variant(PROMPT_ONLY_FREE, Optional.of(FREE), after),
                new Variant(PROMPT_ONLY_ONE, Optional.of(ONE_PROMPT), after));
    }

    private static LinkPrediction routing(Settings settings) {
        int selected = settings.whole("selected");
        int experts = settings.whole("experts");
        double temperature = settings.number("temperature");
        if (experts < 2 || selected > experts) {
            throw new WrongUse("settings.selected is " + selected + " of settings.experts " + experts + " but there "
                    + "are 2 experts or more, and no more of them are selected than there are.");
        }
        if (!(temperature > 0)) {
            throw new WrongUse("settings.temperature is " + temperature + " but must be a number above 0, "
                    + "infinite (.inf) for equal weights.");
        }
        return new LinkPrediction(selected, temperature);
    }

    /** The network whose experts answer each for itself. */
    private static GraphExperts experts(Settings settings, boolean isPromptShared) {
        return GraphFamily.network(new GraphConfig(settings.whole("experts"),
                new Experts.GraphConvolutions(settings.whole("nodes"), settings.whole("features"),
                        settings.whole("prompt"), settings.whole("hidden"), settings.whole("embedding")),
                isPromptShared, OptionalInt.empty()));
    }

    private static GraphExperts classifier(Settings settings, boolean isPromptShared) {
        return GraphFamily.network(experts(settings, isPromptShared).config().withClasses(GraphSource.CLASSES));
    }

    private static boolean isPromptShared(Variant variant) {
        return variant.name().equals(ONE_PROMPT) || variant.name().equals(PROMPT_ONLY_ONE);
    }

    private static Predicate<String> trained(Variant variant, GraphExperts network) {
        return switch (variant.name()) {
            case HEAD_ONLY -> network.classifierNames()::contains;
            case PROMPT_ONLY, PROMPT_ONLY_FREE, PROMPT_ONLY_ONE ->
                name -> network.promptNames().contains(name) || network.classifierNames().contains(name);
            default -> _ -> true;
        };
    }

    /** Eq 9 to 11 and 15: losses of the experts selected for each graph, and a penalty on prompts of one direction. */
    private static TrainingLoss loss(GraphExperts network, LinkPrediction routing, double orthogonality) {
        return pass -> {
            Tensor losses = LinkPrediction.losses(pass.outputs(), pass.labels()); // [graphs experts]
            Tensor mean = losses.multiply(routing.weights(losses)).sum(1, false).mean(0, false);
            return orthogonality == 0 ? mean
                    : mean.add(LinkPrediction.orthogonality(network.prompts(pass.model())).multiply(orthogonality));
        };
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        GraphData data = GraphData.of(settings);
        boolean isFirst = start.isEmpty();
        GraphExperts network = isFirst ? experts(settings, isPromptShared(variant))
                : classifier(settings, isPromptShared(variant));
        // Uniform in ±1/√(inputs), prompts standard normal.
        Parameters drawn = DeclaredTensor.draw(
                network.tensors().values(), Random.seeded(run.seed("initial weights")));
        double orthogonality = variant.name().equals(PRETRAINED) ? settings.number("orthogonality") : 0;
        return run.train(isFirst
                ? new SystemTraining.Phase(network, data.links(false),
                        plan(settings.whole("epochs"), BATCH, settings.number("rate")),
                        loss(network, routing(settings), orthogonality))
                // All labels are one batch, so that an epoch is a step.
                : new SystemTraining.Phase(network, data.classes(false),
                        plan(settings.whole("tuning_steps"), settings.whole("shots"),
                                settings.number(variant.name().equals(FULL) ? "full_rate" : "prompt_rate")),
                        TrainingLoss.CROSS_ENTROPY, trained(variant, network)),
                start.map(drawn::with).orElse(drawn));
    }

    private static TrainingPlan plan(int epochs, int batch, double rate) {
        return new TrainingPlan(epochs, batch, new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 0),
                new Schedule(Schedule.Shape.COSINE, rate, 0.05));
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        Map<String, Double> measured = new LinkedHashMap<>();
        GraphData data = GraphData.of(settings);
        GraphExperts network = classifier(settings, isPromptShared(variant));
        try (Scope scope = Scope.open()) {
            if (variant.from().isEmpty()) {
                measureLinks(data, variant, model, settings, measured);
            } else {
                EvaluationSet.Score score = EvaluationSet.score(network, model, data.classes(true), data.test());
                measured.put(ACCURACY, score.accuracy());
                measured.put("loss", score.loss());
                measured.put(SHARE, (double) model.filter(trained(variant, network)).elements() / model.elements());
            }
            Tensor cosines = LinkPrediction.cosines(network.prompts(model));
            double experts = cosines.length(0);
            measured.put(COSINE, (cosines.abs().sum().item() - experts) / (experts * (experts - 1)));
            measured.put(SIGNED_COSINE, (cosines.sum().item() - experts) / (experts * (experts - 1)));
            return measured;
        }
    }

    /** Of the pre-training's families: the loss, how evenly experts are used, and whether they tell the family. */
    private static void measureLinks(
            GraphData data, Variant variant, Parameters model, Settings settings, Map<String, Double> measured) {
        GraphData.Graphs graphs = data.links(true);
        int[] all = IntStream.range(0, graphs.size()).toArray();
        Tensor losses = LinkPrediction.losses(Gradients.without(() -> experts(settings, isPromptShared(variant))
                .forward(model, graphs.inputs(all))), graphs.labels(all)); // [graphs experts]
        Tensor weights = routing(settings).weights(losses);
        measured.put("link_loss", losses.multiply(weights).sum(1, false).mean(0, false).item());
        double[] usage = weights.mean(0, false).toDoubles();
        measured.put(USAGE, entropy(usage) / Math.log(usage.length));
        int[] best = Arrays.stream(losses.multiply(-1).argmax(1).toLongs()).mapToInt(i -> (int) i).toArray();
        measured.put("family_information", mutualInformation(
                best, Arrays.stream(all).map(graph -> graph / data.test()).toArray()));
    }

    /** Entropy of chances that sum to 1, in nats. */
    private static double entropy(double[] chances) {
        return Arrays.stream(chances).filter(chance -> chance > 0).map(chance -> -chance * Math.log(chance)).sum();
    }

    /**
     * Mutual information of two labels of the same things over the mean of their entropies.
     *
     * @param one labels from 0 on
     * @param other labels from 0 on
     * @return from 0 to 1; 0 where either label is always the same
     */
    static double mutualInformation(int[] one, int[] other) {
        int width = Arrays.stream(other).max().orElseThrow() + 1;
        double[] first = new double[Arrays.stream(one).max().orElseThrow() + 1];
        double[] second = new double[width];
        double[] both = new double[first.length * width];
        for (int i = 0; i < one.length; i++) {
            first[one[i]] += 1.0 / one.length;
            second[other[i]] += 1.0 / one.length;
            both[one[i] * width + other[i]] += 1.0 / one.length;
        }
        double entropies = entropy(first) + entropy(second);
        double shared = Math.max(0, entropies - entropy(both));
        return entropies == 0 ? 0 : Math.min(1, 2 * shared / entropies);
    }

    @Override
    public String connected() {
        return FULL;
    }

    @Override
    public Connection connection(Settings settings) {
        GraphExperts network = classifier(settings, false);
        GraphData data = GraphData.of(settings);
        GraphData.Graphs test = data.classes(true);
        return new Connection(network, GraphFamily.architecture(network.config(), true),
                new WeightMatching(WeightMatchSettings.defaults()), network::folded,
                model -> EvaluationSet.score(network, model, test, data.test()).loss(), Optional.of("experts"));
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        String none = "no number found";
        return List.of(
                Claim.above("accuracy of prompts and head alone minus full fine-tuning, above -0.02",
                        "on a par; " + none, measured.difference(PROMPT_ONLY, FULL, ACCURACY), -POINTS),
                Claim.below("share of parameters that prompts and head are, below 0.05", "a fraction; " + none,
                        measured.of(PROMPT_ONLY, SHARE), 0.05),
                Claim.above("accuracy of prompts and head minus the head alone", "better; " + none,
                        measured.difference(PROMPT_ONLY, HEAD_ONLY, ACCURACY), 0),
                Claim.above("accuracy of a prompt for each expert minus one for all", "better; " + none,
                        measured.difference(PROMPT_ONLY, PROMPT_ONLY_ONE, ACCURACY), 0),
                Claim.above("mean |cosine| of prompts without minus with the orthogonality term",
                        "lower with it; " + none, measured.difference(FREE, PRETRAINED, COSINE), 0),
                Claim.above("mean cosine of prompts, signs kept, without minus with the orthogonality term",
                        "lower with it; " + none, measured.difference(FREE, PRETRAINED, SIGNED_COSINE), 0),
                Claim.above("entropy of the experts' use with minus without the orthogonality term",
                        "no collapse with it; " + none, measured.difference(PRETRAINED, FREE, USAGE), 0),
                Claim.above("accuracy with minus without the orthogonality term", "better; " + none,
                        measured.difference(PROMPT_ONLY, PROMPT_ONLY_FREE, ACCURACY), 0));
    }
}
