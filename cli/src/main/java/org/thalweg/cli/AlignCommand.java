package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.model.Align;
import org.thalweg.model.Checking;
import org.thalweg.model.ExactStorage;
import org.thalweg.model.LayerDistance;
import org.thalweg.model.MemoryPlan;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Scramble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg align A B --out DIR}: B moved into A's basin, the same function as before. */
@Command(
        name = "align",
        mixinStandardHelpOptions = true,
        description = "Move model B along its symmetries as close to model A as their weights tell.",
        footer = {
            "",
            "Writes B with its own names, shapes, types, shards and companion files, and the alignment in",
            "alignment.json, which 'thalweg apply' takes. Nothing is written unless the moved B is checked to be the",
            "same function as B."
        })
public final class AlignCommand implements Callable<Integer> {
    /** How models can be matched. */
    private enum Method { WEIGHT }

    /** Which maps may act. */
    private enum Maps { DISCRETE, ALL }

    @Parameters(index = "0", paramLabel = "A", description = "The model that stays: a Hugging Face directory.")
    private Path reference;

    @Parameters(index = "1", paramLabel = "B", description = "The model that is moved, of the same architecture.")
    private Path model;

    @Option(names = "--method", paramLabel = "M", defaultValue = "weight",
            description = "What is matched: weight, the only one.")
    private String method;

    @Option(names = "--order", paramLabel = "O", defaultValue = "best",
            description = "What orders experts: gate, expert or best of both; ${DEFAULT-VALUE} when absent.")
    private String order;

    @Option(names = "--residual", paramLabel = "R", defaultValue = "auto",
            description = "The residual stream: auto (left alone where both models share its basis), none, permutation "
                    + "or rotation; ${DEFAULT-VALUE} when absent.")
    private String residual;

    @Option(names = "--maps", paramLabel = "K",
            description = "discrete: orders and signs alone, which lose no bit; all: scalings and linear maps inside "
                    + "heads and units too; when absent all, for weights of 16 bits discrete.")
    private Optional<String> maps = Optional.empty();

    @Mixin
    private WeightOptions weights;

    @Mixin
    private MemoryOption memory;

    @Mixin
    private MovedOptions options;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public AlignCommand() {}

    /**
     * Aligns, checks, writes, and prints what was found.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when the models cannot be read or aligned, the function changes, or something stands at the
     *     place
     */
    @Override
    public Integer call() {
        Choice.of("--method", method, Method.values());
        ExpertOrdering experts = Choice.of("--order", order, ExpertOrdering.values());
        ResidualMatching stream = Choice.of("--residual", residual, ResidualMatching.values());
        Optional<Maps> asked = maps.map(named -> Choice.of("--maps", named, Maps.values()));
        Checking checking = options.checking();
        ModelDirectory a = ModelDirectory.open(reference, options.specification());
        ModelDirectory b = ModelDirectory.open(model, options.specification());
        Maps acting = asked.orElseGet(() -> ExactStorage.isUsualFor(b) ? Maps.DISCRETE : Maps.ALL);
        Align align = new Align(weights.on(new WeightMatchSettings(experts, stream, switch (acting) {
            case ALL -> MatchingGauge.BALANCED;
            case DISCRETE -> MatchingGauge.BALANCED_DISCRETE;
        })), checking, memory.bytes());
        MemoryPlan plan = MemoryPlan.of(a, b);
        if (plan.isLarge()) {
            spec.commandLine().getErr().println("thalweg: align: takes at most " + plan.describe() + " of memory");
        }
        Align.Done done;
        WorkThreads.choose(a, b);
        try (ModelProgress progress = ModelProgress.on("align", spec.commandLine().getErr())) {
            done = align.write(a, b, options.output(), progress);
        }
        LeftOut leftOut = LeftOut.of(b.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        MovedAccount account = new MovedAccount(
                options.out(), checking, CheckAccount.of(b, done.checked()), done.match().spaces(), leftOut);
        Answer.print(spec.commandLine().getOut(), options.json(),
                () -> document(account, done, acting), () -> lines(account, done, acting));
        return 0;
    }

    private Map<String, Object> document(MovedAccount account, Align.Done done, Maps acting) {
        Map<String, Object> document = account.document();
        LayerDistance all = LayerDistance.all(done.layers());
        document.put("distance_before", all.before());
        document.put("distance_after", all.after());
        document.put("norm", all.norm());
        document.put("layers", done.layers().stream().map(AlignCommand::layer).toList());
        document.put("objective", WeightOptions.objectives(done.match().objectives()));
        document.put("did", done.match().alignment().describe());
        document.put("config_differences", done.differences());
        document.put("memory_bytes_at_most", done.memory().bytes());
        Map<String, Object> conventions = new LinkedHashMap<>();
        conventions.put("reference", reference.toString());
        conventions.put("moved", model.toString());
        conventions.put("direction", MovedAccount.DIRECTION);
        conventions.put("method", method);
        conventions.put("order", order);
        conventions.put("residual", residual);
        conventions.put("maps", acting.name().toLowerCase(Locale.ROOT));
        weights.addTo(conventions);
        conventions.put("probes", account.checking().probes());
        conventions.put("seed", account.checking().seed());
        document.put("conventions", conventions);
        return document;
    }

    private static Map<String, Object> layer(LayerDistance distance) {
        Map<String, Object> layer = new LinkedHashMap<>();
        layer.put("layer", distance.layer());
        layer.put("distance_before", distance.before());
        layer.put("distance_after", distance.after());
        layer.put("norm", distance.norm());
        return layer;
    }

    private List<String> lines(MovedAccount account, Align.Done done, Maps acting) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + account.out() + ": B moved to A by " + Scramble.ALIGNMENT + " there.");
        if (acting == Maps.DISCRETE && maps.isEmpty()) {
            lines.add("  exact       weights have 16 bits, so orders and signs alone acted, which store exactly; "
                    + "--maps all allows the rest");
        }
        lines.addAll(account.lines());
        done.differences().forEach(difference -> lines.add("  differs     in config.json: " + difference));
        lines.add(String.format(Locale.ROOT, "  %-24s %14s %14s %14s",
                "distance of B to A", "before", "after", "norm of A"));
        Stream.concat(done.layers().stream(), Stream.of(LayerDistance.all(done.layers())))
                .forEach(layer -> lines.add(String.format(Locale.ROOT, "  %-24s %14.6g %14.6g %14.6g",
                        layer.layer(), layer.before(), layer.after(), layer.norm())));
        return lines;
    }
}
