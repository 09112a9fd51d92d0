package org.thalweg.zoo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.Families;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.network.Network;
import org.thalweg.network.moe.LittleModel;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Schedule;
import org.thalweg.training.InitialWeights;
import org.thalweg.training.TextExamples;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingPlan;

/**
 * MoBiLE (arXiv 2510.12357) in a small decoder of Mixtral's family: half of the experts for every token, and all that
 * the model was trained with for the tokens of which the half is not sure. Nothing is trained for it. Who answers by
 * chance instead, as often as by confidence, is computed as the mean over all such choices; times come from a
 * simulation.
 */
public final class MobileSystem implements MoeSystem {
    private static final String BIG = "big";
    private static final double DEVIATION = 0.1;
    private static final int HEADS = 4;
    private static final int HELD_OUT = 128;

    /** The system, which has no state. */
    public MobileSystem() {}

    @Override
    public String name() {
        return "mobile";
    }

    @Override
    public String source() {
        return "MoBiLE (arXiv 2510.12357)";
    }

    @Override
    public Map<String, Double> defaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        defaults.put("symbols", 8.0);
        defaults.put("regimes", 2.0);
        defaults.put("texts", 3200.0);
        defaults.put("window", 32.0);
        defaults.put("layers", 3.0);
        defaults.put("residual", 32.0);
        defaults.put("experts", 8.0);
        defaults.put("selected", 4.0);
        defaults.put("epochs", 5.0);
        defaults.put("batch", 32.0);
        defaults.put("learning_rate", 3e-3);
        defaults.put("threshold", 0.5);
        // An expert of Mixtral 8x7B in 4 bits over 16 lanes of PCIe 4.0, half of the experts in fast memory.
        defaults.put("cached_experts", 4.0);
        defaults.put("expert_megabytes", 88.0);
        defaults.put("link_gigabytes", 25.0);
        defaults.put("layer_milliseconds", 0.5);
        return defaults;
    }

    private static ObjectNode config(Settings settings) {
        int residual = settings.whole("residual");
        int experts = settings.whole("experts");
        int selected = settings.whole("selected");
        require(residual % (2 * HEADS) == 0,
                "settings.residual is " + residual + " but must be a multiple of " + 2 * HEADS);
        require(selected >= 2 && selected <= experts, "settings.selected is " + selected
                + " but must be from 2, of which there is a half, to the " + experts + " of settings.experts");
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "mixtral");
        return config.put("vocab_size", settings.whole("symbols")).put("hidden_size", residual)
                .put("num_hidden_layers", settings.whole("layers")).put("num_attention_heads", HEADS)
                .put("num_key_value_heads", HEADS).put("intermediate_size", residual)
                .put("num_local_experts", experts).put("num_experts_per_tok", selected)
                .put("rms_norm_eps", 1e-6).put("rope_theta", 100.0);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new WrongUse(sentence + ".");
        }
    }

    private static Network network(Settings settings) {
        ObjectNode config = config(settings);
        return Families.of(config).read(config, Set.of()).network();
    }

    private static TransferCost cost(Settings settings) {
        int cached = settings.whole("cached_experts");
        require(cached <= settings.whole("experts"), "settings.cached_experts is " + cached + " but a layer has "
                + settings.whole("experts") + " experts");
        return new TransferCost(cached, 1e6 * settings.number("expert_megabytes"),
                1e9 * settings.number("link_gigabytes"), 1e-3 * settings.number("layer_milliseconds"));
    }

    private static RegimeSource source(Settings settings) {
        return RegimeSource.of(settings.whole("symbols"), settings.whole("regimes"), DATA_SEED);
    }

    private static Examples examples(Settings settings, int count, String purpose) {
        int window = settings.whole("window");
        List<int[]> texts = source(settings).texts(
                count, window + 1, Random.childSeed(DATA_SEED, "mobile, " + purpose));
        return new TextExamples(texts, settings.whole("symbols"), window, window);
    }

    private static TrainingPlan plan(Settings settings) {
        return new TrainingPlan(settings.whole("epochs"), settings.whole("batch"),
                new Optimiser.Method.AdamW(0.9, 0.98, 1e-8, 0.01),
                new Schedule(Schedule.Shape.COSINE, settings.number("learning_rate"), 0.05), 1);
    }

    @Override
    public List<Variant> variants(Settings settings) {
        new LittleModel(network(settings), settings.number("threshold"), _ -> { });
        cost(settings);
        source(settings);
        return List.of(new Variant(BIG, plan(settings).steps(settings.whole("texts"))));
    }

    @Override
    public Parameters train(Variant variant, Optional<Parameters> start, SystemTraining run) {
        Network network = network(run.settings());
        Parameters begin = start.orElseGet(() -> new InitialWeights(DEVIATION, Set.of(), DEVIATION)
                .draw(network, run.seed("initial weights")));
        return run.train(new SystemTraining.Phase(network, examples(run.settings(),
                run.settings().whole("texts"), "training"), plan(run.settings()), TrainingLoss.CROSS_ENTROPY), begin);
    }

    @Override
    public Map<String, Double> measure(Variant variant, Parameters model, Settings settings) {
        ServedTokens tokens = ServedTokens.of(network(settings), model, examples(settings, HELD_OUT, "held out"),
                settings.number("threshold"));
        ServedTokens.Answers big = tokens.big();
        ServedTokens.Answers little = tokens.little();
        Map<String, Double> found = new LinkedHashMap<>();
        found.put("fallback_share", mean(tokens, i -> tokens.doubted()[i]));
        compare(found, "accuracy", tokens, i -> big.right()[i], i -> little.right()[i]);
        compare(found, "loss", tokens, i -> big.losses()[i], i -> little.losses()[i]);
        compare(found, "agreement", tokens, _ -> 1, i -> big.likeliest()[i] == little.likeliest()[i] ? 1 : 0);
        found.put("experts_loaded", mean(tokens, i -> IntStream.range(0, tokens.layers())
                .mapToLong(layer -> tokens.needed(layer, i)).average().orElseThrow()));
        TransferCost cost = cost(settings);
        TransferCost.OfToken whole = cost.of(tokens, TransferCost.Served.BIG);
        found.put("simulated_megabytes_big", whole.bytes() / 1e6);
        for (TransferCost.Served served : List.of(TransferCost.Served.LITTLE, TransferCost.Served.FALLBACK)) {
            String name = served.name().toLowerCase(Locale.ROOT);
            TransferCost.OfToken token = cost.of(tokens, served);
            found.put("simulated_megabytes_" + name, token.bytes() / 1e6);
            found.put("simulated_speed_up_" + name, whole.seconds() / token.seconds());
        }
        return found;
    }

    /** A quantity of both models, of the fallback by confidence, and of one by chance that is as frequent. */
    private static void compare(Map<String, Double> found, String name, ServedTokens tokens,
            IntToDoubleFunction big, IntToDoubleFunction little) {
        double ofBig = mean(tokens, big);
        double ofLittle = mean(tokens, little);
        double share = found.get("fallback_share");
        double byConfidence = mean(tokens, i -> (tokens.doubted()[i] == 1 ? big : little).applyAsDouble(i));
        double byChance = share * ofBig + (1 - share) * ofLittle;
        found.put(name + "_big", ofBig);
        found.put(name + "_little", ofLittle);
        found.put(name + "_fallback", byConfidence);
        found.put(name + "_random", byChance);
        found.put(name + "_gain", byConfidence - byChance);
        found.put(name + "_lost", ofBig - byConfidence);
    }

    private static double mean(ServedTokens tokens, IntToDoubleFunction quantity) {
        return IntStream.range(0, tokens.size()).mapToDouble(quantity).average().orElseThrow();
    }

    @Override
    public String connected() {
        return BIG;
    }

    @Override
    public Connection connection(Settings settings) {
        Network network = network(settings);
        Examples examples = examples(settings, HELD_OUT, "held out");
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network.tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        Architecture architecture = ModelArchitecture.of(config(settings), shapes, Set.of());
        return new Connection(network, architecture, new WeightMatching(WeightMatchSettings.defaults()),
                UnaryOperator.identity(),
                model -> EvaluationSet.score(network, model, examples, settings.whole("batch")).loss(),
                Optional.empty());
    }

    @Override
    public List<Claim> claims(Measurements measured) {
        return List.of(
                Claim.above("accuracy, fallback by confidence minus by chance", "not given",
                        measured.of(BIG, "accuracy_gain"), 0),
                Claim.below("loss, fallback by confidence minus by chance", "not given",
                        measured.of(BIG, "loss_gain"), 0),
                Claim.above("agreement with the big model, fallback by confidence minus by chance", "not given",
                        measured.of(BIG, "agreement_gain"), 0),
                Claim.below("accuracy that the fallback loses, big minus fallback", "negligible (here: below 0.01)",
                        measured.of(BIG, "accuracy_lost"), 0.01),
                Claim.above("speed-up by the fallback, simulated", "1.60 to 1.72 times",
                        measured.of(BIG, "simulated_speed_up_fallback"), 1));
    }
}
