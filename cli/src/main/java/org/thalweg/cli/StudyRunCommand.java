package org.thalweg.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.report.HtmlReport;
import org.thalweg.report.ReinitialisationReport;
import org.thalweg.report.SystemReport;
import org.thalweg.report.TransformerReport;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ReinitialisationResults;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StudyResults;
import org.thalweg.results.SystemFiles;
import org.thalweg.results.SystemResults;
import org.thalweg.results.TableFiles;
import org.thalweg.results.TransformerFiles;
import org.thalweg.results.TransformerResults;
import org.thalweg.storage.DurableFile;
import org.thalweg.study.Cluster;
import org.thalweg.study.GraphRun;
import org.thalweg.study.Machines;
import org.thalweg.study.ReinitialisationRun;
import org.thalweg.study.ReinitialisationStudy;
import org.thalweg.study.StopSignal;
import org.thalweg.study.Study;
import org.thalweg.study.StudyData;
import org.thalweg.study.StudyFile;
import org.thalweg.study.StudyList;
import org.thalweg.study.StudyReader;
import org.thalweg.study.StudyRun;
import org.thalweg.study.SystemRun;
import org.thalweg.study.SystemStudy;
import org.thalweg.study.TransformerData;
import org.thalweg.study.TransformerRun;
import org.thalweg.study.TransformerStudy;
import org.thalweg.training.PrefixStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg study run}: runs a study, or goes on with one. */
@Command(
        name = "run",
        description = "Run a study, or go on with one that was stopped; what is finished is not done again.",
        mixinStandardHelpOptions = true)
public final class StudyRunCommand implements Callable<Integer> {
    private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(20);

    /** Steps that wait on a cluster; it does as many at once as it has processors. */
    private static final int AT_ONCE_ON_A_CLUSTER = 256;

    @Parameters(paramLabel = "STUDY",
            description = "A built-in study, such as quickstart, mnist or transformers-gpt2, or a study file (YAML).")
    private String study;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the data set's files are.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME",
            description = "Of a study with profiles, the one to run, such as paper; small when absent.")
    private Optional<String> profile = Optional.empty();

    @Option(names = "--out", paramLabel = "DIR",
            description = "The run's directory; runs/NAME when absent, runs/NAME-PROFILE of a study with profiles.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--workers", paramLabel = "N",
            description = "Steps at once; the number of processors when absent, with --spark as many as the cluster "
                    + "takes. Does not change results.")
    private Optional<Integer> workers = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads of each tensor operation, ${DEFAULT-VALUE} when absent. May change last digits.")
    private int threads;

    @Option(names = "--prefix-memory", paramLabel = "SIZE",
            description = "Memory in which all steps at once may keep what frozen stages make of the training "
                    + "examples, such as 6GB or 1500MiB; what is larger goes to a file in the run's directory. Half of "
                    + "the free memory when absent. Does not change results.")
    private Optional<String> prefixMemory = Optional.empty();

    @Mixin
    private DeviceOption device;

    @Option(names = "--spark", paramLabel = "MASTER",
            description = "Do the steps on Apache Spark, for example spark://HOST:7077 or local[2].")
    private Optional<String> spark = Optional.empty();

    @Option(names = "--artifacts", paramLabel = "URI",
            description = "With --spark: a directory of a Hadoop file system through which machines pass artifacts, "
                    + "when they do not all see --out.")
    private Optional<URI> artifacts = Optional.empty();

    @Option(names = "--json", description = "Print results.json on standard output and nothing else there.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Study read = StudyReader.read(study, profile);
        WholeNumbers.requireAtLeast("--workers", 1, workers.orElse(1));
        WholeNumbers.requireAtLeast("--threads", 1, threads);
        if (artifacts.isPresent() && spark.isEmpty()) {
            throw new WrongUse("--artifacts is for machines of a cluster; give --spark too, or leave it out.");
        }
        ProfileNote.print(spec.commandLine().getErr(), study, profile);
        if (read instanceof StudyList list) {
            runAll(list, out.orElse(StudyPlaces.ofList(list, profile)));
        } else {
            runOne(read, out.orElse(Path.of("runs", read.study())), json);
        }
        return 0;
    }

    /** Every part that can be run is; what fails in one, such as data that are not there, does not stop the others. */
    private void runAll(StudyList list, Path directory) {
        List<String> failed = new ArrayList<>();
        Map<String, Object> runs = new LinkedHashMap<>();
        for (String part : list.parts()) {
            Path run = StudyPlaces.ofPart(directory, part);
            try {
                runOne(StudyPlaces.part(part, profile), run, false);
                runs.put(part, run.toString());
            } catch (WorkFailure failure) {
                spec.commandLine().getErr().println("thalweg: " + part + ": " + failure.getMessage());
                failed.add(part);
            }
        }
        if (!failed.isEmpty()) {
            throw new WorkFailure(failed.size() + " of " + list.parts().size() + " parts of " + list.study()
                    + " did not finish: " + String.join(", ", failed) + "; what they need is said above.");
        }
        if (json) {
            Answer.print(spec.commandLine().getOut(), true,
                    () -> Map.of("study", list.study(), "runs", runs), List::of);
        }
    }

    /** Runs a study and prints its results: the table, or the document when it is the only one. */
    private void runOne(Study read, Path directory, boolean document) {
        Path report = directory.resolve("report.html");
        DurableFile.requireWritable(report);
        Place place = new Place(directory, report, options());
        switch (read) {
            case StudyFile file -> {
                StudyResults results = run(file, place);
                print(document, () -> ResultsFile.text(results), () -> TableFiles.markdown(results),
                        Optional.of(Checks.describe(results)));
            }
            case TransformerStudy file -> {
                TransformerResults results = run(file, place);
                print(document, () -> TransformerFiles.text(results), () -> TransformerFiles.markdown(results),
                        Optional.of(Checks.describe(results)));
            }
            case ReinitialisationStudy file -> {
                ReinitialisationResults results = run(file, place);
                print(document, () -> ReinitialisationFiles.text(results),
                        () -> ReinitialisationFiles.markdown(results), Optional.empty());
            }
            case SystemStudy file -> {
                SystemResults results = run(place, (machines, watch) ->
                        new SystemRun(file, place.directory, place.options, machines, watch)
                                .run(all -> SystemReport.write(place.report, all)));
                print(document, () -> SystemFiles.text(results), () -> SystemFiles.markdown(results),
                        Optional.of(Checks.describe(results)));
            }
            case StudyList list -> throw new WrongUse("the study " + list.study() + " is a list of studies and "
                    + "cannot be a part of another; name its parts there.");
        }
        if (!json) {
            spec.commandLine().getOut().println("Report: " + report.toAbsolutePath());
        }
        spec.commandLine().getOut().flush();
    }

    private void print(boolean document, Supplier<String> text, Supplier<String> table, Optional<String> checks) {
        PrintWriter printer = spec.commandLine().getOut();
        if (document) {
            printer.print(text.get());
        } else if (!json) {
            printer.print(table.get());
            printer.println();
            checks.ifPresent(found -> printer.println("Functions checked to be unchanged: " + found + "."));
        }
    }

    /** Where a run writes, and how it uses the machine. */
    private record Place(Path directory, Path report, GraphRun.Options options) {}

    /** What is run on the machines, and watched. */
    private interface Running<R> {
        R on(Machines machines, GraphRun.Watch watch);
    }

    private <R> R run(Place place, Running<R> running) {
        StopSignal stop = new StopSignal();
        PrintWriter errors = spec.commandLine().getErr();
        try (Interruption interruption = Interruption.on(stop, errors);
                ProgressLine progress = ProgressLine.on(errors, ProgressLine.Task.STUDY);
                Machines machines = machines(place.options)) {
            return running.on(machines, new GraphRun.Watch(progress, stop));
        }
    }

    private StudyResults run(StudyFile file, Place place) {
        return run(place, (machines, watch) ->
                new StudyRun(file, place.directory, place.options, machines, watch)
                        .run(StudyData.load(file, data), all -> HtmlReport.write(place.report, all)));
    }

    private TransformerResults run(TransformerStudy file, Place place) {
        return run(place, (machines, watch) ->
                new TransformerRun(file, place.directory, place.options, machines, watch)
                        .run(TransformerData.loadAll(file, data), all -> TransformerReport.write(place.report, all)));
    }

    private ReinitialisationResults run(ReinitialisationStudy file, Place place) {
        return run(place, (machines, watch) ->
                new ReinitialisationRun(file, place.directory, place.options, machines, watch)
                        .run(TransformerData.loadAll(file.trained(), data),
                                all -> ReinitialisationReport.write(place.report, all)));
    }

    private GraphRun.Options options() {
        int atOnce = workers.orElse(spark.isPresent() ? AT_ONCE_ON_A_CLUSTER
                : Runtime.getRuntime().availableProcessors());
        return new GraphRun.Options(atOnce, threads, SNAPSHOT_EVERY,
                prefixMemory.map(size -> MemoryOption.bytes("--prefix-memory", size))
                        .orElseGet(PrefixStore::halfOfFreeMemory), device.device());
    }

    private Machines machines(GraphRun.Options options) {
        return spark.isEmpty() ? Machines.thisOne(options) : ServiceLoader.load(Cluster.class).findFirst()
                .orElseThrow(() -> new WrongUse("--spark needs the module thalweg-spark on the class path; start by "
                        + "the script thalweg, which puts it there."))
                .join(new Cluster.Terms(spark.get(), options, data, artifacts));
    }
}
