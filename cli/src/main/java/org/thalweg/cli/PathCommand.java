package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.connectivity.Surface;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.ModelDirectory;
import org.thalweg.model.PathMeasurement;
import org.thalweg.model.SimplexMeasurement;
import org.thalweg.network.JoinedHeads;
import org.thalweg.report.ModelsReport;
import org.thalweg.results.ModelsResult;
import org.thalweg.results.PathResult;
import org.thalweg.results.SurfaceResult;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg path A B [C] --data D}: loss and accuracy between models. */
@Command(
        name = "path",
        mixinStandardHelpOptions = true,
        description = "Measure loss and accuracy along the straight line between two models, or on the triangle "
                + "between three.",
        footer = {
            "",
            "t is the weight on B: 0 is A, 1 is B. The barrier is how far the loss rises above the chord, the straight",
            "line between the ends' losses; for three models above the plane through theirs. The models must be of",
            "one kind; nothing is aligned here: 'thalweg align' does that."
        })
public final class PathCommand implements Callable<Integer> {
    private static final int POINTS_OF_AN_EDGE = 9;

    @Parameters(index = "0", paramLabel = "A", description = "A Hugging Face directory; its tokenizer is used.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one of the same kind.")
    private Path second;

    @Parameters(index = "2", arity = "0..1", paramLabel = "C", description = "A third one.")
    private Optional<Path> third = Optional.empty();

    @Mixin
    private DataOptions data;

    @Option(names = "--points", paramLabel = "N",
            description = "Points along the line, both ends included, 25 when absent; for three models along each "
                    + "edge, 9 when absent.")
    private Optional<Integer> points = Optional.empty();

    @Option(names = "--csv", paramLabel = "FILE",
            description = "Also write the points, of two models as 'thalweg barrier' reads them.")
    private Optional<Path> csv = Optional.empty();

    @Option(names = "--report", paramLabel = "DIR",
            description = "Also write a new directory with report.html, path.json and path.csv.")
    private Optional<Path> report = Optional.empty();

    @Option(names = "--circuits",
            description = "Also measure the line of circuits: of each head the products of query and key maps and of "
                    + "value and output maps go straight from A's to B's, whatever the bases inside the heads.")
    private boolean circuits;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** A command without arguments yet; the command line sets them. */
    public PathCommand() {}

    /**
     * Measures and prints what was found.
     *
     * @return 0
     * @throws WrongUse when an option makes no sense
     * @throws WorkFailure when a model or the data cannot be read, they do not belong together, or a loss is not finite
     */
    @Override
    public Integer call() {
        points.ifPresent(number -> WholeNumbers.requireAtLeast("--points", 2, number));
        if (circuits && third.isPresent()) {
            throw new WrongUse("--circuits is for two models; leave it out, or leave out " + third.get() + ".");
        }
        requirePlaces();
        List<ModelDirectory> models = new ArrayList<>(List.of(ModelDirectory.open(first), ModelDirectory.open(second)));
        third.map(ModelDirectory::open).ifPresent(models::add);
        ModelsResult result = models.size() == 2 ? line(models.get(0), models.get(1)) : triangle(models);
        csv.ifPresent(file -> DurableFile.writeText(file, result.csv()));
        report.ifPresent(directory -> DurableDirectory.write(directory, part -> {
            ModelsReport.write(part.resolve("report.html"), result);
            DurableFile.writeText(part.resolve("path.json"), result.text());
            DurableFile.writeText(part.resolve("path.csv"), result.csv());
        }));
        Answer.print(spec.commandLine().getOut(), json.isAsked(), result::document, () -> lines(result));
        return 0;
    }

    /** Before the work begins. */
    private void requirePlaces() {
        csv.ifPresent(file -> {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new WorkFailure(file + " exists already; delete it or choose another place for the points.");
            }
            DurableFile.requireWritable(file);
        });
        report.ifPresent(directory -> {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new WorkFailure(directory + " exists already; delete it or choose another place for the report.");
            }
            DurableDirectory.requireWritable(directory);
        });
    }

    private ModelsResult line(ModelDirectory a, ModelDirectory b) {
        PathMeasurement measurement = new PathMeasurement(a, b);
        Optional<JoinedHeads.Wider> heads = circuits ? Optional.of(measurement.circuits()) : Optional.empty();
        LabelledData labelled = data.read(a);
        WorkThreads.choose(a, b);
        Grid grid = Grid.uniform(points.orElse(Grid.DEFAULT_POINTS));
        try (ModelProgress progress = ModelProgress.on("path", spec.commandLine().getErr())) {
            LossAndAccuracy curves = measurement.measure(labelled.examples(), grid, progress);
            Optional<PathResult.Circuits> ofCircuits = heads.map(wider -> new PathResult.Circuits(
                    measurement.measure(wider, labelled.examples(), grid, progress), wider.kept()));
            return new PathResult(first.toString(), second.toString(), curves, ofCircuits, labelled.account());
        }
    }

    private ModelsResult triangle(List<ModelDirectory> models) {
        SimplexMeasurement measurement = new SimplexMeasurement(models);
        LabelledData labelled = data.read(models.getFirst());
        WorkThreads.choose(models.toArray(ModelDirectory[]::new));
        try (ModelProgress progress = ModelProgress.on("path", spec.commandLine().getErr())) {
            Surface surface = measurement.measure(
                    labelled.examples(), points.orElse(POINTS_OF_AN_EDGE), progress);
            return new SurfaceResult(models.stream().map(model -> model.checkpoint().directory().toString()).toList(),
                    surface, labelled.account());
        }
    }

    private List<String> lines(ModelsResult result) {
        List<String> lines = new ArrayList<>(result.lines());
        csv.ifPresent(file -> lines.add("  points      " + file));
        report.ifPresent(directory -> lines.add("  report      " + directory.resolve("report.html")));
        return lines;
    }
}
