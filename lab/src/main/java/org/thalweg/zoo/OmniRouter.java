package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.ResidualArchitecture;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.network.residual.ResidualConfig;
import org.thalweg.network.residual.ResidualConfig.Block;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * Omni-Router (arXiv 2507.05724): all layers of experts of a pre-normalised network read one router. Compared with a
 * router for each layer (Switch) and with a feed-forward network of the width that a token uses.
 */
public final class OmniRouter implements MoeSystem {
    private static final String DENSE = "dense";
    private static final String SWITCH = "switch";
    private static final String OMNI = "omni";
    private static final int TEST = 4096;
    private static final String LOSS = "cross_entropy";
    private static final String LAYERS = "nmi_between_layers";
    private static final String REGIME = "nmi_with_regime";

    @Override
    public String name() {
        return "omni-router";
    }

    @Override
    public String source() {
        return "Omni-Router (arXiv 2507.05724)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("layers", 4.0);
        defaults.put("experts", 4.0);
        // 0: as many as the others have.
        defaults.put("last-experts", 0.0);
        defaults.put("hidden", 32.0);
        defaults.put("regimes", 8.0);
        defaults.put("examples", 24576.0);
        defaults.put("epochs", 6.0);
        defaults.put("batch", 128.0);
        defaults.put("rate", 3e-3);
        defaults.put("balance", 0.01);
        return defaults;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        long steps = plan(settings).steps(settings.whole("examples"));
        settings.whole("regimes");
        List<Variant> variants = new ArrayList<>();
        for (String variant : List.of(DENSE, SWITCH, OMNI)) {
            config(variant, settings);
            variants.add(new Variant(variant, steps));
        }
        return variants;
    }

    private static TrainingPlan plan(Settings settings) {
        return new TrainingPlan(settings.whole("epochs"), settings.whole("batch"),
                new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0.01),
                new Schedule(Schedule.Shape.COSINE, settings.number("rate"), 0.05), 1);
    }

    /** The network of a variant: pre-normalised blocks, experts of one hidden layer weighed by their probability. */
    static ResidualConfig config(String variant, Settings settings) {
        int layers = settings.whole("layers");
        int hidden = settings.whole("hidden");
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            boolean isLast = layer == layers - 1 && settings.number("last-experts") != 0;
            int experts = settings.whole(isLast ? "last-experts" : "experts");
            if (experts < 2) {
                throw new WrongUse("a router chooses among at least 2 experts, not " + experts
                        + "; raise settings.experts.");
            }
            blocks.add(variant.equals(DENSE)
                    ? new Block.Dense(hidden, new HiddenUnits.Plain(UnitFunction.RELU), true)
                    : new Block.Sparse(new MoeLayer(experts, new Experts.Stack(List.of(hidden), UnitFunction.RELU),
                            new Router.Softmax(1, Router.Weighting.OVER_ALL, Router.Groups.ONE, 1, false), true,
                            Optional.empty()), 1));
        }
        return new ResidualConfig(
                DepthRegimes.WIDTH, DepthRegimes.CLASSES, Norm.layer(1e-5), blocks, variant.equals(OMNI));
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        ResidualConfig config = config(variant.name(), settings);
        ResidualNetwork network = ResidualArchitecture.network(config);
        double weight = settings.number("balance");
        TrainingLoss loss = pass -> {
            BalanceTerm balance = new BalanceTerm(pass.model());
            Tensor outputs = pass.outputs(balance);
            return balance.addedTo(Functions.crossEntropy(outputs, pass.labels()), weight);
        };
        RegimeExamples examples =
                DepthRegimes.of("training", settings.whole("examples"), settings.whole("regimes"));
        return run.train(new SystemTraining.Phase(network, examples, plan(settings), loss),
                network.initialise(Random.seeded(run.seed("initial weights"))));
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        ResidualConfig config = config(variant.name(), settings);
        RegimeExamples test = DepthRegimes.of("test", TEST, settings.whole("regimes"));
        try (Scope scope = Scope.open()) {
            SeenRouting seen = SeenRouting.of(ResidualArchitecture.network(config), model, test);
            Map<String, Double> found = new LinkedHashMap<>();
            found.put(LOSS, Functions.crossEntropy(seen.outputs(), seen.labels()).item());
            found.put("accuracy", 1 - seen.outputs().argmax(1).subtract(seen.labels()).nonZero().length(0)
                    / (double) TEST);
            if (!config.layers().isEmpty()) {
                found.put(LAYERS, seen.betweenLayers());
                found.put(REGIME, seen.with(test.regimes()));
                found.put("usage_entropy", seen.usageEntropy(config.layers()));
            }
            return found;
        }
    }

    @Override
    public String connected() {
        return OMNI;
    }

    @Override
    public Connection connection(Settings settings) {
        ResidualConfig config = config(OMNI, settings);
        ResidualNetwork network = ResidualArchitecture.network(config);
        RegimeExamples test = DepthRegimes.of("test", TEST, settings.whole("regimes"));
        try (Scope scope = Scope.open()) {
            return new Connection(network,
                    ResidualArchitecture.of(config, network.initialise(Random.seeded(0))),
                    new WeightMatching(WeightMatchSettings.defaults()), UnaryOperator.identity(),
                    model -> loss(network, model, test),
                    Optional.of("experts").filter(_ -> settings.whole("experts") <= 4));
        }
    }

    private static double loss(ResidualNetwork network, Parameters model, RegimeExamples test) {
        try (Scope scope = Scope.open()) {
            SeenRouting seen = SeenRouting.of(network, model, test);
            return Functions.crossEntropy(seen.outputs(), seen.labels()).item();
        }
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(
                Claim.below("test cross-entropy, Omni minus Switch", "-8.2 % word error rate over 10 sets",
                        measured.difference(OMNI, SWITCH, LOSS), 0),
                Claim.below("test cross-entropy, Omni minus dense", "-11.2 % word error rate over 10 sets",
                        measured.difference(OMNI, DENSE, LOSS), 0),
                Claim.below("test cross-entropy, Switch minus dense",
                        "word error rate 5.8 against 6.2 (test-other)",
                        measured.difference(SWITCH, DENSE, LOSS), 0),
                Claim.above("normalised mutual information of routes between layers, Omni minus Switch",
                        "routes of layers agree more; no number",
                        measured.difference(OMNI, SWITCH, LAYERS), 0),
                Claim.above("normalised mutual information of routes and hidden regimes, Omni minus Switch",
                        "experts specialise more; no number", measured.difference(OMNI, SWITCH, REGIME), 0));
    }
}
