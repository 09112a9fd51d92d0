package org.thalweg.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.paper.SideBySide;
import org.thalweg.paper.ZooTable;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.StudyResults;
import org.thalweg.results.TransformerFiles;
import org.thalweg.storage.InputFile;
import org.thalweg.study.StarterStudy;
import org.thalweg.study.StudyReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg study table}: a paper's figures and ours beside each other. */
@Command(
        name = "table",
        description = "Print a paper's tables with the figures of a run beside them.",
        mixinStandardHelpOptions = true)
public final class StudyTableCommand implements Callable<Integer> {
    private static final String REINITIALISED = "table-4";
    private static final String ZOO = "zoo";
    private static final int LARGEST_TABLE = 1 << 20;

    @Parameters(paramLabel = "NAME",
            description = "Which tables: table-4, table-5, table-6, table-7-8 or table-9-10-11 (arXiv 2509.11348), or "
                    + "zoo: every gate and system with a Mixture of Experts.")
    private String name;

    @Option(names = "--out", paramLabel = "DIR", arity = "1",
            description = "The run's directory, or the directory of several runs; may be given several times. "
                    + "runs/NAME-PROFILE when absent, for zoo docs/results/zoo.")
    private List<Path> out = new ArrayList<>();

    @Option(names = "--profile", paramLabel = "NAME", description = "The profile that was run; small when absent.")
    private Optional<String> profile = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document, with intervals, and nothing else.")
    private boolean json;

    @Option(names = "--csv", description = "Print our figures as comma-separated values and nothing else.")
    private boolean csv;

    @Spec
    private CommandSpec spec;

    private static Stream<Path> files(List<Path> places) {
        return places.stream().flatMap(place -> StudyPlaces.results(place).stream());
    }

    /** Tables of feed-forward networks drawn anew, which hold the paper's rows themselves. */
    private void printReinitialised(List<Path> places) {
        List<Path> results = files(places).filter(ReinitialisationFiles::isOne).toList();
        if (results.isEmpty()) {
            throw new WorkFailure("there are no results of feed-forward networks drawn anew in "
                    + places.stream().map(Path::toString).collect(Collectors.joining(", ")) + "; run " + name
                    + " first, or name its directory by --out.");
        }
        PrintWriter printer = spec.commandLine().getOut();
        if (json) {
            printer.print(ReinitialisationFiles.text(ReinitialisationFiles.read(results.getFirst())));
        } else {
            results.forEach(file -> printer.print(csv
                    ? InputFile.text(file.resolveSibling("table.csv"), LARGEST_TABLE)
                    : ReinitialisationFiles.markdown(ReinitialisationFiles.read(file))));
        }
        printer.flush();
    }

    private void printZoo(List<Path> places) {
        List<StudyResults> gates = files(places).filter(ResultsFile::isOne).map(ResultsFile::read)
                .filter(results -> results.study().equals(StarterStudy.EVERY_GATE)).toList();
        // Beside the results of a run stands a table of that run.
        List<Map<String, String>> systems = places.stream()
                .filter(place -> !Files.exists(place.resolve("results.json")))
                .map(place -> place.resolve("table.csv")).filter(Files::exists)
                .flatMap(file -> ZooTable.systems(file).stream()).toList();
        ZooTable table = ZooTable.of(gates, systems);
        if (csv) {
            spec.commandLine().getOut().print(table.csv());
            spec.commandLine().getOut().flush();
        } else {
            Answer.print(spec.commandLine().getOut(), json, table::document, table::lines);
        }
    }

    @Override
    public Integer call() {
        if (json && csv) {
            throw new WrongUse("--json and --csv exclude each other; give one of them.");
        }
        if (name.equals(ZOO)) {
            printZoo(out.isEmpty() ? List.of(Path.of("docs", "results", "zoo")) : out);
            return 0;
        }
        List<Path> places = out.isEmpty()
                ? List.of(Path.of("runs", name.startsWith(REINITIALISED) ? name
                        : name + "-" + profile.orElse(StudyReader.USUAL_PROFILE))) : out;
        List<StudyResults> results = files(places)
                .filter(file -> !TransformerFiles.isOne(file) && !ReinitialisationFiles.isOne(file))
                .map(ResultsFile::read).toList();
        if (name.startsWith(REINITIALISED)) {
            printReinitialised(places);
            return 0;
        }
        SideBySide table = SideBySide.of(name, results);
        if (csv) {
            spec.commandLine().getOut().print(table.csv());
            spec.commandLine().getOut().flush();
            return 0;
        }
        List<String> lines = new ArrayList<>(table.lines());
        if (results.isEmpty()) {
            lines.add("There are no results in " + places.stream().map(Path::toString).toList()
                    + ", so only the paper's figures stand here; run the study first, or name its directory by --out.");
        }
        Answer.print(spec.commandLine().getOut(), json, table::document, () -> lines);
        return 0;
    }
}
