package org.thalweg.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.thalweg.report.HtmlReport;
import org.thalweg.report.ReinitialisationReport;
import org.thalweg.report.SystemReport;
import org.thalweg.report.TransformerReport;
import org.thalweg.results.ReinitialisationFiles;
import org.thalweg.results.ResultsFile;
import org.thalweg.results.SystemFiles;
import org.thalweg.results.TransformerFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg study report}: renders a finished run's report again. */
@Command(
        name = "report",
        description = "Render report.html again from a run's results.json.",
        mixinStandardHelpOptions = true)
public final class StudyReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "A run's directory, such as runs/quickstart.")
    private Path run;

    @Option(names = "--json", description = "Print one JSON document with the report's path and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path report = run.resolve("report.html");
        Path results = run.resolve("results.json");
        if (TransformerFiles.isOne(results)) {
            TransformerReport.write(report, TransformerFiles.read(results));
        } else if (ReinitialisationFiles.isOne(results)) {
            ReinitialisationReport.write(report, ReinitialisationFiles.read(results));
        } else if (SystemFiles.isOne(results)) {
            SystemReport.write(report, SystemFiles.read(results));
        } else {
            HtmlReport.write(report, ResultsFile.read(results));
        }
        String place = report.toAbsolutePath().toString();
        Answer.print(spec.commandLine().getOut(), json,
                () -> Map.of("report", place), () -> List.of("Report: " + place));
        return 0;
    }
}
