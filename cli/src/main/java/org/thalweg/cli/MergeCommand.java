package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.MergeMethod;
import org.thalweg.merging.MergeMethods;
import org.thalweg.merging.config.AlignChoice;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.MergeFile;
import org.thalweg.model.Merge;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.Output;
import org.thalweg.model.VocabularyRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg merge CONFIG.yml --out DIR} and {@code thalweg merge A B … --method M --out DIR}. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Merge models into one, by a configuration file or by models and options.",
        footer = {
            "",
            "Writes a directory that stock loaders open, with the tokenizer and the configuration of the base (or of",
            "the first model) and a model card. Each model is first carried into the base's basin where --align says",
            "so; every alignment is checked to leave the model's function unchanged. Tensors are merged one at a time.",
            "docs/merging.md explains methods, parameters and configuration files."
        })
public final class MergeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CONFIG.yml|MODEL",
            description = "A configuration file, or the first of the models: Hugging Face directories.")
    private Path first;

    @Parameters(index = "1..*", paramLabel = "MODEL", description = "The other models.")
    private List<Path> others = List.of();

    @Option(names = "--method", paramLabel = "M",
            description = "Short form: how models are merged, such as linear, slerp, ties or dare_ties.")
    private Optional<String> method = Optional.empty();

    @Option(names = "--base", paramLabel = "DIR",
            description = "Short form: the model that differences are taken from, or where a path begins.")
    private Optional<Path> base = Optional.empty();

    @Option(names = "--weights", paramLabel = "W,…", split = ",",
            description = "Short form: one weight for each model.")
    private List<String> weights = List.of();

    @Option(names = "--parameter", paramLabel = "K=V",
            description = "Short form: a parameter of the method, such as density=0.5 or t=[0,0.5,1]; may be given "
                    + "several times.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Mixin
    private ModelPlaces places;

    @Mixin
    private MergeAlignOptions align;

    @Option(names = "--evaluate", paramLabel = "TEXT|IMAGES",
            description = "Evaluate each model, the merge and, where models were aligned, the merge without alignment "
                    + "on these data, as 'evaluate' takes them.")
    private Optional<Path> evaluate = Optional.empty();

    @Option(names = "--window", paramLabel = "N", description = "Tokens of a text that models see at once.")
    private Optional<Integer> window = Optional.empty();

    @Option(names = "--most", paramLabel = "N", description = "Evaluate on the first N windows or images only.")
    private Optional<Integer> most = Optional.empty();

    @Option(names = "--recalibrate-routers",
            description = "Fit the routers of a merged model with experts to the sources' choices, on --align-data or, "
                    + "without them, the data of --evaluate.")
    private boolean recalibrate;

    @Option(names = "--vocabulary", paramLabel = "V", defaultValue = "equal",
            description = "Where models have different numbers of tokens: equal (refuse), first (the first model's "
                    + "rows) or union (all rows); ${DEFAULT-VALUE} when absent.")
    private String vocabulary;

    @Option(names = "--max-shard-size", paramLabel = "SIZE",
            description = "The largest file of weights, such as 5GB; as the first model is divided when absent.")
    private Optional<String> shardSize = Optional.empty();

    @Option(names = "--strict", description = "Refuse keys, parameters and filters of a configuration file "
            + "that have no effect, instead of warning of them.")
    private boolean strict;

    @Option(names = "--intermediate", paramLabel = "DIR",
            description = "Where a file's merges stand that later ones of it use.")
    private Optional<Path> intermediate = Optional.empty();

    @Mixin
    private MemoryOption memory;

    @Mixin
    private OutputOptions output;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public MergeCommand() {}

    /**
     * Merges, writes, and prints what was done.
     *
     * @return 0
     * @throws WrongUse when an option or the configuration makes no sense
     * @throws WorkFailure when models cannot be read, aligned or merged, or something stands at the place
     */
    @Override
    public Integer call() {
        long started = System.nanoTime();
        most.ifPresent(number -> WholeNumbers.requireAtLeast("--most", 1, number));
        Optional<Path> file = file();
        Map<String, Path> made = new LinkedHashMap<>();
        List<MergeConfiguration> configurations = file.map(path -> {
            requireNoShortForm();
            return MergeFile.read(path, strict);
        }).orElseGet(() -> List.of(shortForm(made)));
        for (MergeConfiguration each : configurations.subList(0, configurations.size() - 1)) {
            String name = each.name().orElseThrow();
            Path place = intermediate.orElseThrow(() -> new WrongUse("the file has " + configurations.size()
                    + " merges, of which later ones use earlier ones; say with --intermediate DIR where those are to "
                    + "stand.")).resolve(name);
            merge(each, made, new Output(place, output.output().overwrite()), file);
            made.put(name, place);
        }
        Merge.Done done = merge(configurations.getLast(), made, output.output(), file);
        MergeAccount account = new MergeAccount(output.out(), configurations.getLast(), done, started);
        Answer.print(spec.commandLine().getOut(), json.isAsked(), account::document, account::lines);
        return 0;
    }

    /** The configuration file; nothing in the short form. */
    private Optional<Path> file() {
        boolean isFile = Files.exists(first) ? !Files.isDirectory(first) : first.toString().matches(".*\\.ya?ml");
        if (isFile && !others.isEmpty()) {
            throw new WrongUse(first + " is a configuration file, which names its models itself, so '"
                    + others.getFirst()
                    + "' is one argument too many.");
        }
        return isFile ? Optional.of(first) : Optional.empty();
    }

    private void requireNoShortForm() {
        if (method.isPresent() || base.isPresent() || !weights.isEmpty() || !parameters.isEmpty()) {
            throw new WrongUse("--method, --base, --weights and --parameter are for models given on the command line; "
                    + "the configuration file says these itself.");
        }
    }

    /** Models go by the last names of their directories: where these stand is nobody's business who reads the card. */
    private MergeConfiguration shortForm(Map<String, Path> made) {
        String named = method.orElseThrow(() -> new WrongUse(
                "no --method is given, by which the models are merged, such as linear, slerp or ties."));
        if (base.isEmpty() && MergeMethods.named(named).base() == MergeMethod.Base.REQUIRED) {
            throw new WrongUse("--method " + named + " takes differences from a base, or a path from it; name that "
                    + "model with --base DIR.");
        }
        boolean needsWeights = MergeMethods.named(named).parameters().stream()
                .anyMatch(parameter -> parameter.name().equals("weight") && parameter.usual().isEmpty());
        if (needsWeights && weights.isEmpty() && !parameters.containsKey("weight")) {
            throw new WrongUse("--method " + named + " needs a weight for each model: --weights W,…, such as 0.5,0.5.");
        }
        List<String> names = Stream.concat(Stream.of(first), others.stream()).map(path -> name(path, made)).toList();
        return MergeConfiguration.of(named, names, base.map(path -> name(path, made)), weights, parameters);
    }

    private static String name(Path directory, Map<String, Path> made) {
        Path place = directory.toAbsolutePath().normalize();
        String last = String.valueOf(place.getFileName()).replace('+', '_');
        String name = last;
        for (int number = 2; made.containsKey(name)
                && !made.get(name).toAbsolutePath().normalize().equals(place); number++) {
            name = last + "-" + number;
        }
        made.put(name, directory);
        return name;
    }

    private Merge.Done merge(
            MergeConfiguration configuration, Map<String, Path> made, Output place, Optional<Path> file) {
        configuration.text().warnings().forEach(
                warning -> spec.commandLine().getErr().println("thalweg: merge: " + warning));
        Map<String, Path> found = new LinkedHashMap<>();
        for (String name : configuration.models()) {
            found.put(name, made.containsKey(name) ? made.get(name) : places.of(name, file));
        }
        Path leader = found.get(configuration.leader());
        AlignChoice choice = align.choice(configuration.align());
        align.requireUse(choice, recalibrate);
        Optional<Examples> evaluated = evaluate.map(data -> examples(leader, data));
        Merge merge = new Merge(configuration, new Merge.Settings(
                align.alignment(choice),
                new Merge.Measuring(evaluated, recalibrated(leader, evaluated)),
                Choice.of("--vocabulary", vocabulary, VocabularyRule.values()),
                shardSize.map(MergeCommand::shardBytes),
                align.seed(),
                strict,
                memory.bytes()));
        WorkThreads.choose(found.values().stream().map(Checkpoint::open).toArray(Checkpoint[]::new));
        Merge.Done done;
        try (ModelProgress progress = ModelProgress.on("merge", spec.commandLine().getErr())) {
            done = merge.write(found, place, progress);
        }
        LeftOut.of(Checkpoint.open(leader)).tell(spec.commandLine().getErr());
        return done;
    }

    private static long shardBytes(String size) {
        long bytes = MemoryOption.bytes("--max-shard-size", size);
        if (bytes < 1) {
            throw new WrongUse("--max-shard-size is '" + size + "', expected at least one byte, such as 5GB.");
        }
        return bytes;
    }

    private Optional<Examples> recalibrated(Path leader, Optional<Examples> evaluated) {
        if (!recalibrate) {
            return Optional.empty();
        }
        return Optional.of(align.forRouters(leader).or(() -> evaluated).orElseThrow(() -> new WrongUse(
                "--recalibrate-routers runs the models and needs data: --align-data, or else those of --evaluate.")));
    }

    private Examples examples(Path leader, Path data) {
        return LabelledData.of(new RealData(ModelDirectory.open(leader), data), new LabelledData.Wishes(
                window.map(OptionalInt::of).orElse(OptionalInt.empty()), OptionalInt.empty(),
                most.map(OptionalInt::of).orElse(OptionalInt.empty()), RealData.Split.TEST)).examples();
    }
}
