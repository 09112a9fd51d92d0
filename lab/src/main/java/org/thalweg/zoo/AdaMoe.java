package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Collections;
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
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Norm;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.network.moe.Routing;
import org.thalweg.network.residual.ResidualConfig;
import org.thalweg.network.residual.ResidualConfig.Block;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.tensor.Functions;
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
 * AdaMoE (arXiv 2510.14300): a dense policy's feed-forward networks become a shared expert and routed ones, and an
 * adapter beside the router decides how much of the chosen expert is used. Compared with weights that are the router's
 * probabilities (vanilla), with an adapter that reads token and probabilities (concatenated), and with the dense
 * network trained on for as many steps.
 */
public final class AdaMoe implements MoeSystem {
    private static final String PRETRAINED = "pretrained";
    private static final String DENSE = "dense";
    private static final String VANILLA = "vanilla";
    private static final String CONCATENATED = "concatenated";
    private static final String ADDITIVE = "additive";
    private static final int TEST = 4096;
    private static final String LOSS = "mse";
    private static final String DECOUPLING = "correlation_of_probability_and_weight";
    /** Training steps after which the published code halves the weight of the balance term. */
    private static final int BALANCE_STEPS = 500;

    @Override
    public String name() {
        return "adamoe";
    }

    @Override
    public String source() {
        return "AdaMoE (arXiv 2510.14300)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("layers", 2.0);
        defaults.put("experts", 4.0);
        defaults.put("selected", 1.0);
        defaults.put("hidden", 32.0);
        defaults.put("regimes", 6.0);
        defaults.put("examples", 16384.0);
        defaults.put("pretraining-epochs", 6.0);
        defaults.put("epochs", 8.0);
        defaults.put("batch", 128.0);
        defaults.put("rate", 3e-3);
        defaults.put("balance", 0.01);
        return defaults;
    }

    @Override
    public List<Variant> variants(Settings settings) {
        int examples = settings.whole("examples");
        settings.whole("regimes");
        if (settings.whole("selected") > settings.whole("experts")) {
            throw new WrongUse("settings.selected asks for " + settings.whole("selected") + " of "
                    + settings.whole("experts") + " experts; choose at most as many as there are.");
        }
        List<Variant> variants = new ArrayList<>();
        variants.add(new Variant(PRETRAINED, plan(PRETRAINED, settings).steps(examples)));
        for (String variant : List.of(DENSE, VANILLA, CONCATENATED, ADDITIVE)) {
            config(variant, settings);
            variants.add(new Variant(
                    variant, Optional.of(PRETRAINED), plan(variant, settings).steps(examples)));
        }
        return variants;
    }

    private static TrainingPlan plan(String variant, Settings settings) {
        return new TrainingPlan(settings.whole(variant.equals(PRETRAINED) ? "pretraining-epochs" : "epochs"),
                settings.whole("batch"), new Optimiser.Method.AdamW(0.9, 0.999, 1e-8, 0.01),
                new Schedule(Schedule.Shape.COSINE, settings.number("rate"), 0.05), 1);
    }

    /** The network of a variant. */
    static ResidualConfig config(String variant, Settings settings) {
        int selected = settings.whole("selected");
        HiddenUnits units = new HiddenUnits.Gated(UnitFunction.GELU_TANH);
        int hidden = settings.whole("hidden");
        Router router = switch (variant) {
            case ADDITIVE -> new Router.Decoupled(selected, Router.Decoupling.ADDITIVE);
            case CONCATENATED -> new Router.Decoupled(selected, Router.Decoupling.CONCATENATED);
            default -> new Router.Softmax(selected, Router.Weighting.OVER_ALL, Router.Groups.ONE, 1, false);
        };
        Block block = List.of(PRETRAINED, DENSE).contains(variant)
                ? new Block.Dense(hidden, units, false)
                : new Block.Sparse(new MoeLayer(settings.whole("experts"), new Experts.OneLayer(hidden, units, false),
                        router, false, Optional.of(new MoeLayer.Shared(hidden, false))), 0.5);
        List<Block> blocks = Collections.nCopies(settings.whole("layers"), block);
        return new ResidualConfig(
                AmplitudeRegimes.WIDTH, AmplitudeRegimes.OUTPUTS, Norm.rms(1e-6), blocks, false);
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        ResidualNetwork network = ResidualArchitecture.network(config(variant.name(), settings));
        Random random = Random.seeded(run.seed("initial weights"));
        Parameters first = start.map(dense -> Upcycling.of(dense, network, random))
                .orElseGet(() -> network.initialise(random));
        // The published balance term is the mean of the products, n² below Switch's.
        double weight = settings.number("balance") / Math.pow(settings.whole("experts"), 2);
        TrainingLoss loss = pass -> {
            BalanceTerm balance = new BalanceTerm(pass.model());
            return balance.addedTo(TrainingLoss.squaredError(pass.outputs(balance), pass.labels()),
                    pass.step() < BALANCE_STEPS ? weight : weight / 2);
        };
        RegimeExamples examples =
                AmplitudeRegimes.of("training", settings.whole("examples"), settings.whole("regimes"));
        return run.train(
                new SystemTraining.Phase(network, examples, plan(variant.name(), settings), loss), first);
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        ResidualConfig config = config(variant.name(), settings);
        RegimeExamples test = AmplitudeRegimes.of("test", TEST, settings.whole("regimes"));
        try (Scope scope = Scope.open()) {
            ResidualNetwork network = ResidualArchitecture.network(config);
            SeenRouting seen = SeenRouting.of(network, model, test);
            Map<String, Double> found = new LinkedHashMap<>();
            found.put(LOSS, squaredError(seen));
            if (!config.layers().isEmpty()) {
                found.put("usage_entropy", seen.usageEntropy(config.layers()));
                found.put("nmi_with_regime", seen.with(test.regimes()));
                found.put(DECOUPLING, decoupling(network, model, seen));
            }
            return found;
        }
    }

    private static double squaredError(SeenRouting seen) {
        return TrainingLoss.squaredError(seen.outputs(), seen.labels()).item();
    }

    /** Mean over layers of the correlation of the chosen expert's probability and its weight. */
    private static double decoupling(ResidualNetwork network, Parameters model, SeenRouting seen) {
        double sum = 0;
        List<MoeLayer> layers = network.config().layers();
        for (int i = 0; i < layers.size(); i++) {
            LayerTensors layer = new LayerTensors(network.names(), model, i);
            MoeLayer moe = layers.get(i);
            Tensor entering = seen.entering().get(i);
            sum += Gradients.without(() -> {
                Routing routing = moe.routing(layer, entering);
                Tensor probabilities = Functions.softmax(moe.scores(layer, entering), -1).gather(1, routing.chosen());
                return SeenRouting.correlation(probabilities.toDoubles(), routing.weights().toDoubles());
            });
        }
        return sum / layers.size();
    }

    @Override
    public String connected() {
        return ADDITIVE;
    }

    @Override
    public Connection connection(Settings settings) {
        ResidualConfig config = config(ADDITIVE, settings);
        ResidualNetwork network = ResidualArchitecture.network(config);
        RegimeExamples test = AmplitudeRegimes.of("test", TEST, settings.whole("regimes"));
        try (Scope scope = Scope.open()) {
            return new Connection(network,
                    ResidualArchitecture.of(config, network.initialise(Random.seeded(0))),
                    new WeightMatching(WeightMatchSettings.defaults()), UnaryOperator.identity(),
                    model -> loss(network, model, test),
                    Optional.of("blocks.0.moe.experts").filter(_ -> settings.whole("experts") <= 4));
        }
    }

    private static double loss(ResidualNetwork network, Parameters model, RegimeExamples test) {
        try (Scope scope = Scope.open()) {
            return squaredError(SeenRouting.of(network, model, test));
        }
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(
                Claim.below("test squared error, additive minus dense", "success 96.0 % against 94.2 % (LIBERO)",
                        measured.difference(ADDITIVE, DENSE, LOSS), 0),
                Claim.below("test squared error, additive minus vanilla", "additive is best; no common number",
                        measured.difference(ADDITIVE, VANILLA, LOSS), 0),
                Claim.below("test squared error, additive minus concatenated", "additive is best; no common number",
                        measured.difference(ADDITIVE, CONCATENATED, LOSS), 0),
                Claim.below("correlation of the chosen expert's probability and weight, additive",
                        "choice and weight are decoupled; no number", measured.of(ADDITIVE, DECOUPLING), 1));
    }
}
