package org.thalweg.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.model.Align;
import org.thalweg.model.AlignMany;
import org.thalweg.model.Checking;
import org.thalweg.model.EarlierCheckpoints;
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
            "same function as B. Models that share no basis of their residual stream get their normalisations folded",
            "first, so that the stream can be rotated: the straight path to the moved B then runs from A in that form,",
            "which --reference-out writes."
        })
public final class AlignCommand implements Callable<Integer> {
    private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(20);

    /** Which maps may act. */
    private enum Maps { DISCRETE, ALL }

    @Parameters(index = "0", paramLabel = "A", description = "The model that stays: a Hugging Face directory.")
    private Path reference;

    @Parameters(index = "1", paramLabel = "B", description = "The model that is moved, of the same architecture.")
    private Path model;

    @Parameters(index = "2..*", paramLabel = "C", description = "More models: all are matched to their mean, and each "
            + "is written into the directory --out under its own name.")
    private List<Path> others = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5",
            description = "Of more than two models, how often all are matched to their mean at most; ${DEFAULT-VALUE} "
                    + "when absent.")
    private int rounds;

    @Mixin
    private MethodOptions chosen;

    @Option(names = "--reference-out", paramLabel = "DIR",
            description = "Write A there in the form in which it was matched, the start of the straight path.")
    private Optional<Path> referenceOut = Optional.empty();

    @Option(names = "--soft-out", paramLabel = "DIR",
            description = "soft: write B there as the soft orders move it, the end of the path that was learned. It is "
                    + "another function than B.")
    private Optional<Path> softOut = Optional.empty();

    @Option(names = "--order", paramLabel = "O", defaultValue = "best",
            description = "What orders experts: gate, expert or best of both; ${DEFAULT-VALUE} when absent.")
    private String order;

    @Option(names = "--residual", paramLabel = "R", defaultValue = "auto",
            description = "The residual stream: auto (left alone where both models share its basis, else rotated where "
                    + "the normalisations can be folded, else permuted), none, permutation or orthogonal; "
                    + "${DEFAULT-VALUE} when absent.")
    private String residual;

    @Option(names = "--maps", paramLabel = "K",
            description = "discrete: orders and signs alone, which lose no bit; all: scalings and linear maps inside "
                    + "heads and units too; when absent all, for weights of 16 bits discrete.")
    private Optional<String> maps = Optional.empty();

    @Mixin
    private WeightOptions weights;

    @Mixin
    private CheckpointOptions checkpoints;

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
        Optional<Maps> asked = maps.map(named -> Choice.of("--maps", named, Maps.values()));
        ExpertOrdering experts = Choice.of("--order", order, ExpertOrdering.values());
        ResidualMatching stream = Choice.of("--residual", residual, ResidualMatching.values());
        chosen.requireData();
        if (softOut.isPresent() && !chosen.isSoft()) {
            throw new WrongUse("--soft-out is for --method soft; the other methods move B by elements of its group "
                    + "alone.");
        }
        ModelDirectory a = ModelDirectory.open(reference, options.specification());
        ModelDirectory b = ModelDirectory.open(model, options.specification());
        Checking checking = options.checking(b);
        Maps acting = asked.orElseGet(() -> ExactStorage.isUsualFor(b) ? Maps.DISCRETE : Maps.ALL);
        WeightMatchSettings matching = weights.on(new WeightMatchSettings(experts, stream, switch (acting) {
            case ALL -> MatchingGauge.BALANCED;
            case DISCRETE -> MatchingGauge.BALANCED_DISCRETE;
        }));
        if (!others.isEmpty()) {
            checkpoints.refuse();
            return many(matching, checking);
        }
        Optional<Snapshots> snapshots = snapshots();
        Align align = new Align(chosen.method(b, matching, 2, snapshots), checking, memory.bytes());
        EarlierCheckpoints earlier = checkpoints.open(options.specification());
        MemoryPlan plan = align.plan(a, b);
        if (plan.isLarge()) {
            spec.commandLine().getErr().println("thalweg: align: takes at most " + plan.describe() + " of memory");
        }
        Align.Done done;
        WorkThreads.choose(a, b);
        try (ModelProgress progress = ModelProgress.resumable("align", spec.commandLine().getErr())) {
            done = align.write(a, b, earlier, new Align.Outputs(options.output(), referenceOut.map(options::output),
                    softOut.map(options::output)), progress);
        }
        snapshots.ifPresent(Snapshots::delete);
        LeftOut leftOut = LeftOut.of(b.checkpoint());
        leftOut.tell(spec.commandLine().getErr());
        referenceOut.ifPresent(_ -> LeftOut.of(a.checkpoint()).tell(spec.commandLine().getErr()));
        MovedAccount account = new MovedAccount(
                options.out(), checking, CheckAccount.of(b, done.checked()), done.match().spaces(), leftOut);
        Answer.print(spec.commandLine().getOut(), options.json(),
                () -> document(account, done, acting, matching), () -> lines(account, done, acting));
        return 0;
    }

    /** Where learning keeps its state: beside the place of the moved model. */
    private Optional<Snapshots> snapshots() {
        Path place = options.out().toAbsolutePath().normalize();
        return Optional.of(new Snapshots(
                place.resolveSibling("." + place.getFileName() + ".learning"), SNAPSHOT_EVERY))
                .filter(_ -> chosen.learns());
    }

    private int many(WeightMatchSettings matching, Checking checking) {
        WholeNumbers.requireAtLeast("--rounds", 1, rounds);
        if (referenceOut.isPresent()) {
            throw new WrongUse("--reference-out is for two models; of more, A is written into --out with the others.");
        }
        List<Path> paths = Stream.concat(Stream.of(reference, model), others.stream()).toList();
        List<Path> places = ManyAligned.places(options.out(), paths);
        List<ModelDirectory> models = paths.stream()
                .map(path -> ModelDirectory.open(path, options.specification())).toList();
        AlignMany align = new AlignMany(
                chosen.method(models.getFirst(), matching, models.size(), Optional.empty()), rounds, checking,
                memory.bytes());
        WorkThreads.choose(models.toArray(ModelDirectory[]::new));
        AlignMany.Done done;
        try (ModelProgress progress = ModelProgress.on("align", spec.commandLine().getErr())) {
            done = align.write(models, places.stream().map(options::output).toList(), progress);
        }
        models.forEach(each -> LeftOut.of(each.checkpoint()).tell(spec.commandLine().getErr()));
        ManyAligned account = new ManyAligned(models, places, done);
        Answer.print(spec.commandLine().getOut(), options.json(), account::document, account::lines);
        return 0;
    }

    private Map<String, Object> document(
            MovedAccount account, Align.Done done, Maps acting, WeightMatchSettings matching) {
        Map<String, Object> document = account.document();
        LayerDistance all = LayerDistance.all(done.layers());
        document.put("distance_before", all.before());
        document.put("distance_after", all.after());
        document.put("norm", all.norm());
        document.put("layers", done.layers().stream().map(AlignCommand::layer).toList());
        document.put("objective", WeightOptions.objectives(done.match().objectives()));
        document.put("notes", done.match().notes());
        document.put("did", done.match().alignment().describe());
        path(done.stream()).into(document);
        document.put("soft_out", softOut.map(Path::toString));
        document.put("config_differences", done.differences());
        document.put("memory_bytes_at_most", done.memory().bytes());
        Map<String, Object> conventions = new LinkedHashMap<>();
        conventions.put("reference", reference.toString());
        conventions.put("moved", model.toString());
        conventions.put("direction", MovedAccount.DIRECTION);
        chosen.addTo(conventions);
        conventions.put("order", order);
        conventions.put("residual", residual);
        conventions.put("maps", acting.name().toLowerCase(Locale.ROOT));
        WeightOptions.addTo(conventions, matching);
        checkpoints.addTo(conventions);
        conventions.put("probes", account.checking().probes());
        conventions.put("seed", account.checking().seed());
        document.put("conventions", conventions);
        return document;
    }

    private PathAccount path(Align.Stream stream) {
        return new PathAccount(reference, options.out(), referenceOut, stream);
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
        done.match().notes().forEach(note -> lines.add("  method      " + note));
        lines.addAll(path(done.stream()).lines());
        softOut.ifPresent(place -> lines.add("  soft        " + place + " is B moved by soft orders: the end of the"
                + " path that was learned, another function than B"));
        done.differences().forEach(difference -> lines.add("  differs     in config.json: " + difference));
        lines.add(String.format(Locale.ROOT, "  %-24s %14s %14s %14s",
                "distance of B to A", "before", "after", "norm of A"));
        Stream.concat(done.layers().stream(), Stream.of(LayerDistance.all(done.layers())))
                .forEach(layer -> lines.add(String.format(Locale.ROOT, "  %-24s %14.6g %14.6g %14.6g",
                        layer.layer(), layer.before(), layer.after(), layer.norm())));
        if (!chosen.runsModels()) {
            lines.add("  without data: --method activation or learned with --data matches what the models compute, "
                    + "which weights alone do not tell.");
        }
        return lines;
    }
}
