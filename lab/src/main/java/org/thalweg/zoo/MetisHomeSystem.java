package org.thalweg.zoo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Families;
import org.thalweg.family.HomeFamily;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.Network;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.HomeDecoder;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.InitialWeights;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * Metis-HOME (arXiv 2510.20519) on two kinds of questions: one that a single step answers and one that takes a chain of
 * them. The paper's reinforcement learning is left out: a model learns to think from written thoughts. What is
 * compared, after equally many steps: a decoder that always answers at once, and three that start from one that always
 * thinks and go on so, or learn to think where it is needed, with the same feed-forward networks for both manners or
 * with two of each and a router.
 */
public final class MetisHomeSystem implements MoeSystem {
    private static final String BASE = "base";
    private static final String REASONER = "reasoner";
    private static final String ALL_THINK = "all-think";
    private static final String MIXED = "mixed";
    private static final String HOME = "home";
    private static final double DEVIATION = 0.1;
    private static final int HELD_OUT = 600;

    /** The system, which has no state. */
    public MetisHomeSystem() {}

    @Override
    public String name() {
        return "metis-home";
    }

    @Override
    public String source() {
        return "Metis-HOME (arXiv 2510.20519)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("modulus", 13.0);
        defaults.put("items", 6.0);
        defaults.put("layers", 2.0);
        defaults.put("residual", 24.0);
        defaults.put("heads", 4.0);
        defaults.put("hidden", 12.0);
        defaults.put("router_hidden", 16.0);
        defaults.put("queries", 6400.0);
        defaults.put("epochs", 8.0);
        defaults.put("tuning_epochs", 8.0);
        defaults.put("batch", 64.0);
        defaults.put("learning_rate", 3e-3);
        return defaults;
    }

    private static HomeQueries rules(Settings settings) {
        return new HomeQueries(settings.whole("modulus"), settings.whole("items"));
    }

    private static Decoder dense(Settings settings) {
        int residual = settings.whole("residual");
        int heads = settings.whole("heads");
        if (residual % (2 * heads) != 0) {
            throw new WrongUse("settings.residual is " + residual + " but must be a multiple of " + 2 * heads
                    + ", twice settings.heads.");
        }
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "llama");
        config.put("vocab_size", rules(settings).vocabulary()).put("hidden_size", residual)
                .put("num_hidden_layers", settings.whole("layers")).put("num_attention_heads", heads)
                .put("num_key_value_heads", heads).put("intermediate_size", settings.whole("hidden"))
                .put("rms_norm_eps", 1e-6).put("rope_theta", 100.0);
        return (Decoder) Families.of(config).read(config, Set.of()).network();
    }

    private static HomeDecoder home(Settings settings) {
        return HomeFamily.network(
                dense(settings), rules(settings).length(), settings.whole("router_hidden"));
    }

    private static Network network(Variant variant, Settings settings) {
        return variant.name().equals(HOME) ? home(settings) : dense(settings);
    }

    @Override
    public List<Variant> variants(Settings settings) {
        home(settings);
        int queries = settings.whole("queries");
        Optional<String> reasoner = Optional.of(REASONER);
        return Stream.of(new Variant(BASE, 0), new Variant(REASONER, 0), new Variant(ALL_THINK, reasoner, 0),
                        new Variant(MIXED, reasoner, 0), new Variant(HOME, reasoner, 0))
                .map(variant -> new Variant(
                        variant.name(), variant.from(), plan(settings, variant).steps(queries)))
                .toList();
    }

    private static TrainingPlan plan(Settings settings, Variant variant) {
        int before = variant.from().isPresent() ? 0 : settings.whole("epochs");
        int after = variant.name().equals(REASONER) ? 0 : settings.whole("tuning_epochs");
        return new TrainingPlan(before + after, settings.whole("batch"),
                new Optimiser.Method.AdamW(0.9, 0.98, 1e-8, 0.01),
                new Schedule(Schedule.Shape.COSINE, settings.number("learning_rate"), 0.05), 1);
    }

    private static Examples examples(Variant variant, HomeQueries rules, List<HomeQueries.Query> queries) {
        return rules.examples(queries, query -> switch (variant.name()) {
            case BASE -> false;
            case REASONER, ALL_THINK -> true;
            default -> query.isChain();
        });
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Settings settings = run.settings();
        HomeQueries rules = rules(settings);
        Network network = network(variant, settings);
        Examples examples = examples(variant, rules, rules.draw(settings.whole("queries"), false,
                Random.childSeed(DATA_SEED, "metis-home, training")));
        Parameters drawn = new InitialWeights(DEVIATION, Set.of(), DEVIATION)
                .draw(network, run.seed("initial weights"));
        Parameters begin = start.map(from -> network instanceof HomeDecoder home
                ? home.doubled(dense(settings), from, drawn) : from).orElse(drawn);
        TrainingLoss loss = network instanceof HomeDecoder home
                ? pass -> loss(home, rules, pass) : TrainingLoss.CROSS_ENTROPY;
        return run.train(new SystemTraining.Phase(network, examples,
                plan(settings, variant), loss), begin);
    }

    /** The cross-entropy of the answers, written by the branch of the label, and that of the router on the label. */
    private static Tensor loss(HomeDecoder network, HomeQueries rules, TrainingLoss.Pass pass) {
        Tensor thinks = rules.thinks(pass.state()); // [batch 1]
        Tensor prediction = Functions.crossEntropy(pass.outputs((_, _) -> thinks), pass.labels());
        return prediction.add(Functions.crossEntropy(
                network.scores(pass.model(), pass.state()), thinks.reshape(-1)));
    }

    private static List<HomeQueries.Query> heldOut(HomeQueries rules) {
        return rules.draw(HELD_OUT, true, Random.childSeed(DATA_SEED, "metis-home, held out"));
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        HomeQueries rules = rules(settings);
        Network network = network(variant, settings);
        List<HomeQueries.Query> queries = heldOut(rules);
        Map<String, Double> found = new LinkedHashMap<>();
        for (boolean isChain : new boolean[] {false, true}) {
            HomeAnswers answers = HomeAnswers.of(network, model, rules,
                    queries.stream().filter(query -> query.isChain() == isChain).toList());
            String name = isChain ? "reason" : "lookup";
            found.put("accuracy_" + name, answers.right());
            found.put("thinking_" + name, answers.thinking());
            found.put("steps_" + name, answers.steps());
        }
        found.put("accuracy", (found.get("accuracy_lookup") + found.get("accuracy_reason")) / 2);
        found.put("steps", (found.get("steps_lookup") + found.get("steps_reason")) / 2);
        found.put("loss", EvaluationSet.score(network, model, examples(variant, rules, queries), HELD_OUT).loss());
        return found;
    }

    @Override
    public String connected() {
        return HOME;
    }

    @Override
    public Connection connection(Settings settings) {
        HomeQueries rules = rules(settings);
        HomeDecoder network = home(settings);
        Examples examples = rules.examples(heldOut(rules), HomeQueries.Query::isChain);
        return new Connection(network, HomeFamily.architecture(network, Set.of()),
                new WeightMatching(WeightMatchSettings.defaults()), UnaryOperator.identity(),
                model -> EvaluationSet.score(network, model, examples, HELD_OUT).loss(), Optional.empty());
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(
                Claim.above("accuracy on chains of sums, Metis-HOME minus base", "+6.9 points (reasoning average)",
                        measured.difference(HOME, BASE, "accuracy_reason"), 0),
                Claim.above("accuracy on lookups, Metis-HOME minus base", "+0.9 points (general average)",
                        measured.difference(HOME, BASE, "accuracy_lookup"), 0),
                Claim.above("accuracy on lookups, Metis-HOME minus always thinking", "not given",
                        measured.difference(HOME, ALL_THINK, "accuracy_lookup"), 0),
                Claim.above("accuracy on both, Metis-HOME minus one network for both manners", "not given",
                        measured.difference(HOME, MIXED, "accuracy"), 0),
                Claim.above("share of chains of sums that are thought out", "78 % to 98 %",
                        measured.of(HOME, "thinking_reason"), 0.5),
                Claim.below("share of lookups that are thought out", "2 % to 5 %",
                        measured.of(HOME, "thinking_lookup"), 0.5),
                Claim.below("tokens of an answer, Metis-HOME minus always thinking", "fewer",
                        measured.difference(HOME, ALL_THINK, "steps"), 0));
    }
}
