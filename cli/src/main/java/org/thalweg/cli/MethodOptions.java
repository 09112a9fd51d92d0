package org.thalweg.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.matching.activation.ActivationMatchSettings;
import org.thalweg.matching.activation.ActivationMatching;
import org.thalweg.matching.learned.LearnedMatchSettings;
import org.thalweg.matching.learned.LearnedMatching;
import org.thalweg.matching.learned.Running;
import org.thalweg.matching.learned.Sampler;
import org.thalweg.model.ModelDirectory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** By what models are matched, and the data for that. */
final class MethodOptions {
    /** How models can be matched. */
    private enum Method { WEIGHT, ACTIVATION, LEARNED, SOFT }

    @Option(names = "--method", paramLabel = "M", defaultValue = "weight",
            description = "What decides: weight (no data), activation, learned or soft (with --data); "
                    + "${DEFAULT-VALUE} when absent.")
    private String method;

    @Option(names = "--data", paramLabel = "TEXT|IMAGES",
            description = "Data for the methods that run the models, as 'verify' takes them. Give training data: "
                    + "of image sets the training split is taken, and what is learned is chosen by a held-out share "
                    + "of it.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--window", paramLabel = "N",
            description = "Tokens of a text that the models see at once; when absent as many as they are made for, at "
                    + "most 1024.")
    private Optional<Integer> window = Optional.empty();

    @Option(names = "--samples", paramLabel = "N", defaultValue = "" + ActivationMatchSettings.SAMPLES,
            description = "activation: how many tokens or patches are compared; ${DEFAULT-VALUE} when absent.")
    private int samples;

    @Option(names = "--values", paramLabel = "V", defaultValue = "rotations",
            description = "activation: what acts on the values inside a head, rotations or orders as in the published "
                    + "method; ${DEFAULT-VALUE} when absent.")
    private String values;

    @Option(names = "--learn", paramLabel = "P,…", split = ",",
            description = "learned: stream, orders (of heads and hidden units), bases (inside heads); stream and "
                    + "bases when absent.")
    private List<String> learn = List.of();

    @Option(names = "--steps", paramLabel = "N", defaultValue = "600",
            description = "learned, soft: steps at most; ${DEFAULT-VALUE} when absent.")
    private int steps;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32",
            description = "learned, soft: windows or images of a step; ${DEFAULT-VALUE} when absent.")
    private int batch;

    @Option(names = "--learning-rate", paramLabel = "X", defaultValue = "0.003",
            description = "learned, soft: the highest; ${DEFAULT-VALUE} when absent.")
    private double learningRate;

    @Option(names = "--rotation", paramLabel = "R", defaultValue = "projection",
            description = "learned: how rotations are learned, projection (polar factor) or exponential; "
                    + "${DEFAULT-VALUE} when absent.")
    private String rotation;

    @Option(names = "--sampler", paramLabel = "S",
            description = "learned, soft: where on the line, fixed (the middle), narrow (0.4 to 0.6), uniform or "
                    + "gaussian, or dirichlet: where on the simplex of all models. Narrow when absent; of more than "
                    + "two models by learned dirichlet, which learns all of them together.")
    private Optional<String> sampler = Optional.empty();

    @Option(names = "--both-ends", description = "learned: A's group element is learned too.")
    private boolean bothEnds;

    @Option(names = "--method-seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of samples, batches and places on the line; ${DEFAULT-VALUE} when absent.")
    private long seed;

    @Mixin
    private DeviceOption device;

    private Method chosen() {
        return Choice.of("--method", method, Method.values());
    }

    /** Whether the method runs the models. */
    boolean runsModels() {
        return chosen() != Method.WEIGHT;
    }

    /** Whether soft orders are learned. */
    boolean isSoft() {
        return chosen() == Method.SOFT;
    }

    /** Refuses a method without its data before anything is opened. */
    void requireData() {
        if (runsModels() && data.isEmpty()) {
            throw new WrongUse("--method " + method + " runs the models and needs --data: a text file, a directory of "
                    + "texts or images, or a JSON file of token ids.");
        }
        if (!runsModels() && data.isPresent()) {
            throw new WrongUse("--method weight looks at weights alone and takes no --data.");
        }
        if (!learns() && device.isOther()) {
            throw new WrongUse("--device is for --method learned and soft; the others run on the CPU.");
        }
        requireNumbers();
    }

    private void requireNumbers() {
        WholeNumbers.requireAtLeast("--samples", 1, samples);
        WholeNumbers.requireAtLeast("--steps", 1, steps);
        WholeNumbers.requireAtLeast("--batch", 1, batch);
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new WrongUse("--learning-rate is " + learningRate + ", expected a number above 0.");
        }
    }

    /** Whether the method learns, and so can be stopped and go on. */
    boolean learns() {
        return chosen() == Method.LEARNED || chosen() == Method.SOFT;
    }

    /**
     * The method.
     *
     * @param model one of those that are matched
     * @param weights how weights are compared
     * @param models how many are matched
     * @param snapshots where a method that learns keeps its state meanwhile, if anywhere
     */
    MatchingMethod method(
            ModelDirectory model, WeightMatchSettings weights, int models, Optional<Snapshots> snapshots) {
        WeightMatching byWeights = new WeightMatching(weights);
        Running running = new Running(device.device(), snapshots);
        return switch (chosen()) {
            case WEIGHT -> byWeights;
            case ACTIVATION -> new ActivationMatching(new ActivationMatchSettings(
                    weights.residual(), Choice.of("--values", values, ActivationMatchSettings.Values.values()),
                    weights.experts(), samples, seed), examples(model));
            case LEARNED -> new LearnedMatching(learned(models), byWeights, examples(model), running);
            case SOFT -> new LearnedMatching(learned(models).with(LearnedMatchSettings.SOFT)
                    .with(Set.of(LearnedMatchSettings.Part.ORDERS)), byWeights, examples(model), running);
        };
    }

    private LearnedMatchSettings learned(int models) {
        LearnedMatchSettings defaults = LearnedMatchSettings.defaults()
                .with(parts())
                .with(Choice.of("--rotation", rotation, LearnedMatchSettings.Rotation.values()))
                .with(sampler(models))
                .with(new LearnedMatchSettings.Steps(steps, batch, learningRate, 0.05, 0))
                .with(seed);
        return bothEnds ? defaults.withBothEnds() : defaults;
    }

    private Sampler sampler(int models) {
        boolean isMany = models > 2 && chosen() == Method.LEARNED;
        Sampler asked = sampler.map(named -> Choice.of("--sampler", named, Sampler.values()))
                .orElse(isMany ? Sampler.DIRICHLET : Sampler.NARROW);
        if (asked == Sampler.DIRICHLET && isSoft() && models > 2) {
            throw new WrongUse("--sampler dirichlet learns all models together, which --method soft cannot: what it "
                    + "learns is no basis that they could share; take --method learned.");
        }
        return asked;
    }

    private Set<LearnedMatchSettings.Part> parts() {
        Set<LearnedMatchSettings.Part> parts = EnumSet.noneOf(LearnedMatchSettings.Part.class);
        learn.forEach(part -> parts.add(Choice.of("--learn", part, LearnedMatchSettings.Part.values())));
        return parts.isEmpty() ? LearnedMatchSettings.defaults().parts() : parts;
    }

    private Examples examples(ModelDirectory model) {
        return LabelledData.of(new RealData(model, data.orElseThrow()), new LabelledData.Wishes(
                window.map(OptionalInt::of).orElse(OptionalInt.empty()), OptionalInt.empty(), OptionalInt.empty(),
                RealData.Split.TRAINING)).examples();
    }

    /** Adds what was chosen. */
    void addTo(Map<String, Object> conventions) {
        conventions.put("method", method);
        if (!runsModels()) {
            return;
        }
        conventions.put("data", data.orElseThrow().toString());
        conventions.put("method_seed", seed);
        if (chosen() == Method.ACTIVATION) {
            conventions.put("samples", samples);
            conventions.put("values", values);
            return;
        }
        conventions.put("learn", parts().stream().map(part -> part.name().toLowerCase(Locale.ROOT)).toList());
        conventions.put("steps", steps);
        conventions.put("batch", batch);
        conventions.put("learning_rate", learningRate);
        conventions.put("rotation", rotation);
        conventions.put("sampler", sampler(2).label());
        conventions.put("both_ends", bothEnds);
        conventions.put("device", device.device().name().toLowerCase(Locale.ROOT));
    }
}
