package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.model.Align;
import org.thalweg.model.LayerDistance;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Scramble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg align A B --out DIR}: B carried into A's basin, the same function as before. */
@Command(
        name = "align",
        mixinStandardHelpOptions = true,
        description = "Carry model B along its symmetries as close to model A as their weights tell.",
        footer = {
            "",
            "Writes B with its own names, shapes, types, shards and companion files, and the alignment in",
            "alignment.json, which 'thalweg apply' takes. Nothing is written unless the carried B is proved to be the",
            "same function as B."
        })
public final class AlignCommand implements Callable<Integer> {
    /** How models can be matched. */
    private enum Method { WEIGHT }

    /** Which maps may act. */
    private enum Maps { DISCRETE, ALL }

    @Parameters(index = "0", paramLabel = "A", description = "The model that stays: a Hugging Face directory.")
    private Path reference;

    @Parameters(index = "1", paramLabel = "B", description = "The model that is carried, of the same architecture.")
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

    @Option(names = "--maps", paramLabel = "K", defaultValue = "all",
            description = "discrete: orders and signs alone, which lose no bit; all: scalings and linear maps inside "
                    + "heads and units too; ${DEFAULT-VALUE} when absent.")
    private String maps;

    @Mixin
    private CarryOptions options;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public AlignCommand() {}

    /**
     * Aligns, proves, writes, and tells what was found.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when the models cannot be read, aligned or proved, or something stands at the place
     */
    @Override
    public Integer call() {
        Choice.of("--method", method, Method.values());
        Align align = new Align(
                new WeightMatchSettings(
                        Choice.of("--order", order, ExpertOrdering.values()),
                        Choice.of("--residual", residual, ResidualMatching.values()),
                        switch (Choice.of("--maps", maps, Maps.values())) {
                            case ALL -> MatchingGauge.BALANCED;
                            case DISCRETE -> MatchingGauge.BALANCED_DISCRETE;
                        }),
                options.proving());
        ModelDirectory a = ModelDirectory.open(reference, options.specification());
        ModelDirectory b = ModelDirectory.open(model, options.specification());
        Align.Done done;
        try (ModelProgress progress = ModelProgress.on("align", spec.commandLine().getErr())) {
            done = align.write(a, b, options.output(), progress);
        }
        CarriedAccount account = new CarriedAccount(
                options.out(), align.proving(), done.proof(), done.match().spaces());
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(options.json() ? JsonText.of(document(account, done)) : text(account, done));
        printer.flush();
        return 0;
    }

    private Map<String, Object> document(CarriedAccount account, Align.Done done) {
        Map<String, Object> document = account.document();
        LayerDistance all = LayerDistance.all(done.layers());
        document.put("distance_before", all.before());
        document.put("distance_after", all.after());
        document.put("norm", all.norm());
        document.put("layers", done.layers().stream().map(AlignCommand::layer).toList());
        document.put("did", done.match().alignment().describe());
        document.put("config_differences", done.differences());
        Map<String, Object> conventions = new LinkedHashMap<>();
        conventions.put("reference", reference.toString());
        conventions.put("carried", model.toString());
        conventions.put("direction", CarriedAccount.DIRECTION);
        conventions.put("method", method);
        conventions.put("order", order);
        conventions.put("residual", residual);
        conventions.put("maps", maps);
        conventions.put("probes", account.proving().probes());
        conventions.put("seed", account.proving().seed());
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

    private String text(CarriedAccount account, Align.Done done) {
        List<String> lines = new ArrayList<>();
        lines.add("Wrote " + account.out() + ": B carried to A by " + Scramble.ALIGNMENT + " there.");
        lines.addAll(account.lines());
        done.differences().forEach(difference -> lines.add("  differs     in config.json: " + difference));
        lines.add(String.format(Locale.ROOT, "  %-24s %14s %14s %14s",
                "distance of B to A", "before", "after", "norm of A"));
        Stream.concat(done.layers().stream(), Stream.of(LayerDistance.all(done.layers())))
                .forEach(layer -> lines.add(String.format(Locale.ROOT, "  %-24s %14.6g %14.6g %14.6g",
                        layer.layer(), layer.before(), layer.after(), layer.norm())));
        return String.join(System.lineSeparator(), lines);
    }
}
