package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.QuantisedFamily;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.quantised.ExpertClass;
import org.thalweg.network.quantised.Precision;
import org.thalweg.network.quantised.QuantisedConfig;
import org.thalweg.network.quantised.QuantisedMoe;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * Curiosity-driven quantised Mixture of Experts: ternary, 4 and 8 bit experts under a Bayesian router, on images in
 * five folds. Variants raise the router's probabilities to other powers, prefer precise experts where the router is
 * uncertain, are quantised after training only, or have one expert of 4 or 16 bits.
 */
public final class CuriousQmoe implements MoeSystem {
    private static final int PIXELS = 28 * 28;
    private static final int CLASSES = 10;
    private static final int EXPERT_CLASSES = 3;
    private static final double LARGEST_ALPHA = 3;
    /** Below this a difference of macro F1 counts as none; chosen before any run. */
    private static final double SAME_F1 = 0.01;
    private static final String PLAIN = "alpha-0";
    private static final String PAPERS = "alpha-0-3";
    private static final String FOUR = "four-bit";
    private static final String SIXTEEN = "sixteen-bit";
    private static final String PRIOR = "precision-prior";
    private static final String LATER = "post-training";
    private static final List<String> NAMES =
            List.of(PLAIN, PAPERS, "alpha-1", "alpha-3", PRIOR, LATER, FOUR, SIXTEEN);
    private static final List<String> CURIOUS = NAMES.subList(1, 4);
    private static final List<Double> ALPHAS = List.of(0.3, 1.0, LARGEST_ALPHA);

    @Override
    public String name() {
        return "curious-qmoe";
    }

    @Override
    public String source() {
        return "Curiosity-driven quantised MoE (arXiv 2511.11743)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> values = new LinkedHashMap<>();
        double[][] classes = {{1.58, 1}, {4, 2}, {8, 1}};
        for (int one = 0; one < EXPERT_CLASSES; one++) {
            values.put("class_" + (one + 1) + "_bits", classes[one][0]);
            values.put("class_" + (one + 1) + "_experts", classes[one][1]);
        }
        values.put("selected", 1.0);
        values.put("router_width_1", 32.0);
        values.put("router_width_2", 16.0);
        values.put("expert_width_1", 64.0);
        values.put("expert_width_2", 32.0);
        values.put("dropout", 0.195);
        values.put("balance", 1e-3);
        values.put("prior", 4.0);
        values.put("epochs", 8.0);
        values.put("batch", 128.0);
        values.put("learning_rate", 1e-3);
        return values;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        for (String positive : List.of("learning_rate", "prior")) {
            if (!(settings.number(positive) > 0)) {
                throw new WrongUse("settings." + positive + " is " + settings.number(positive)
                        + " but must be above 0.");
            }
        }
        long steps = plan(settings).steps(FashionFolds.SIZE);
        return NAMES.stream().map(name -> {
            network(name, settings);
            return new Variant(name, steps);
        }).toList();
    }

    private static TrainingPlan plan(Settings settings) {
        return new TrainingPlan(settings.whole("epochs"), settings.whole("batch"),
                new Optimiser.Method.Adam(0.9, 0.999, 1e-8, 0),
                new Schedule(Schedule.Shape.CONSTANT, settings.number("learning_rate"), 0));
    }

    /** The network of a variant after its training. */
    static QuantisedMoe network(String variant, Settings settings) {
        QuantisedConfig.Gate gate = switch (variant) {
            case FOUR, SIXTEEN -> new QuantisedConfig.Gate(1, 0, 0);
            case PRIOR -> new QuantisedConfig.Gate(settings.whole("selected"), 0, settings.number("prior"));
            default -> new QuantisedConfig.Gate(settings.whole("selected"),
                    CURIOUS.contains(variant) ? ALPHAS.get(CURIOUS.indexOf(variant)) : 0, 0);
        };
        return QuantisedFamily.network(new QuantisedConfig(PIXELS, CLASSES,
                List.of(settings.whole("router_width_1"), settings.whole("router_width_2")),
                List.of(settings.whole("expert_width_1"), settings.whole("expert_width_2")),
                classes(variant, settings), gate, settings.number("dropout")));
    }

    private static List<ExpertClass> classes(String variant, Settings settings) {
        return switch (variant) {
            case FOUR -> List.of(new ExpertClass(Precision.of(4), 1));
            case SIXTEEN -> List.of(new ExpertClass(Precision.of(16), 1));
            default -> IntStream.rangeClosed(1, EXPERT_CLASSES).mapToObj(one -> {
                Precision precision = Precision.of(settings.number("class_" + one + "_bits"));
                return new ExpertClass(
                        variant.equals(LATER) ? new Precision.PostTraining(precision, true) : precision,
                        settings.whole("class_" + one + "_experts"));
            }).toList();
        };
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        QuantisedMoe network = network(variant.name(), run.settings());
        Examples fold = FashionFolds.load().fold(run.seed("fold"));
        TrainingLoss loss = loss(network, run.settings().number("balance"), run.seed("masks"));
        return run.train(new SystemTraining.Phase(network, fold, plan(run.settings()), loss),
                network.initialise(run.seed("initial weights")));
    }

    /** Cross-entropy and {@code balance · sum of squared mean probabilities}, with other masks at every step. */
    private static TrainingLoss loss(QuantisedMoe network, double balance, long seed) {
        return pass -> {
            QuantisedMoe masked = network.inTraining(Random.childSeed(seed, "step " + pass.step()));
            Tensor outputs = masked.forward(pass.model(), pass.state());
            Tensor mean = masked.probabilities(pass.model(), pass.state()).mean(0, false); // [experts]
            return Functions.crossEntropy(outputs, pass.labels())
                    .add(mean.multiply(mean).sum().multiply(balance));
        };
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        QuantisedMoe network = network(variant.name(), settings);
        Examples test = FashionFolds.load().test();
        RoutedBits found = RoutedBits.of(network, model, test);
        RoutedBits plain = RoutedBits.of(with(network, 0, 0), model, test);
        RoutedBits curious = RoutedBits.of(with(network, LARGEST_ALPHA, 0), model, test);
        RoutedBits cautious = RoutedBits.of(with(network, 0, settings.number("prior")), model, test);
        int[] uncertain = found.uncertain();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", found.loss());
        values.put("macro_f1", found.macroF1(CLASSES));
        values.put("usage_entropy", found.usageEntropy());
        values.put("mean_bits", RoutedBits.mean(found.bits()));
        values.put("bits_deviation", found.deviationOfBits());
        values.put("uncertainty", RoutedBits.mean(found.uncertainty()));
        values.put("bits_of_uncertain", found.meanBits(uncertain));
        values.put("bits_raised_by_prior", cautious.meanBits(uncertain) - plain.meanBits(uncertain));
        values.put("choice_kept_by_alpha", curious.agreement(plain));
        return values;
    }

    /** The same layer with another gate. */
    private static QuantisedMoe with(QuantisedMoe network, double alpha, double prior) {
        QuantisedConfig config = network.config();
        return QuantisedFamily.network(new QuantisedConfig(config.inputs(), config.outputs(), config.routerWidths(),
                config.expertWidths(), config.classes(),
                new QuantisedConfig.Gate(config.gate().selected(), alpha, prior), config.dropout()));
    }

    /** Weights are rounded before they are matched and connected: those that are trained have no path of their own. */
    @Override
    public String connected() {
        return PAPERS;
    }

    @Override
    public Connection connection(Settings settings) {
        QuantisedMoe network = network(PAPERS, settings);
        QuantisedMoe onRounded = network.onRounded();
        Examples test = FashionFolds.load().test();
        Optional<String> exchangeable = IntStream.range(0, EXPERT_CLASSES)
                .filter(one -> network.config().classes().get(one).experts() > 1)
                .mapToObj(one -> "classes." + one + ".experts").findFirst();
        return new Connection(onRounded, QuantisedFamily.architecture(network.config()),
                new WeightMatching(WeightMatchSettings.defaults()), network::rounded,
                model -> RoutedBits.of(onRounded, model, test).loss(), exchangeable);
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        List<Claim> claims = new ArrayList<>();
        CURIOUS.forEach(variant -> claims.add(Claim.below(
                "distance of mean active bits from their median over folds, alpha "
                        + ALPHAS.get(CURIOUS.indexOf(variant)) + " minus alpha 0",
                "latency deviation 29 ms with curiosity, 230 ms without (p = 0.008)",
                spread(measured.of(variant, "mean_bits"), measured.of(PLAIN, "mean_bits")), 0)));
        claims.add(Claim.above("macro F1 of one 4-bit expert minus one 16-bit expert, above -" + SAME_F1,
                "0.858 and 0.859", measured.difference(FOUR, SIXTEEN, "macro_f1"), -SAME_F1));
        claims.add(Claim.above("share of images whose experts alpha 3 leaves as they are, not below 1",
                "not given (follows from its equation 8)",
                measured.of(PLAIN, "choice_kept_by_alpha"), 1 - 1e-9));
        claims.add(Claim.above("bits of the most uncertain quarter, prior of precision minus none, same weights",
                "not given", measured.of(PLAIN, "bits_raised_by_prior"), 0));
        claims.add(Claim.above("bits of the most uncertain quarter, trained with the prior minus trained without",
                "not given", measured.difference(PRIOR, PLAIN, "bits_of_uncertain"), 0));
        return claims;
    }

    /** What Levene's test compares, in the form of Brown and Forsythe: distances from the medians, seed by seed. */
    private static double[] spread(double[] more, double[] less) {
        return IntStream.range(0, more.length).mapToDouble(i ->
                Math.abs(more[i] - median(more)) - Math.abs(less[i] - median(less))).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
