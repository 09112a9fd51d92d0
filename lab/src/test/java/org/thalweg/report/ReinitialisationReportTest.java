package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.results.Environment;
import org.thalweg.results.LayerPath;
import org.thalweg.results.MethodPath;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PaperReinitialisation;
import org.thalweg.results.PathForm;
import org.thalweg.results.ReinitialisationResults;
import org.thalweg.results.ReinitialisationRow;
import org.thalweg.results.ReinitialisedModel;
import org.thalweg.results.Timing;
import org.thalweg.results.TransformerReplica;

class ReinitialisationReportTest {
    private static final int LAYERS = 3;

    @TempDir
    private Path directory;

    @Test
    void bothFiguresAndThePathsAreDrawnWithoutAComplaint() throws IOException, InterruptedException {
        Optional<Chromium> chromium = Chromium.find();
        Platform.require(chromium.isPresent(), Chromium.ADVICE);
        Path page = Files.writeString(directory.resolve("report.html"),
                ReinitialisationReport.render(results(LAYERS)));
        Chromium.Visit visit = chromium.orElseThrow().visit(page, directory);
        assertThat(visit.complaints()).isEmpty();
        // Loss and accuracy of the trained model, drawn anew and trained anew, over the layers.
        assertThat(visit.curves("loss-chart", LAYERS)).isGreaterThanOrEqualTo(3);
        assertThat(visit.curves("accuracy-chart", LAYERS)).isGreaterThanOrEqualTo(3);
        assertThat(visit.curves("path-chart", 11)).isEqualTo(LAYERS);
        assertThat(visit.dom()).contains("toy: a loss of 1.000 nats, at most 3.000 with one feed-forward network drawn "
                + "anew (layer 3), 1.250 once that is trained.", "PTB-word", "\u22120.0454");
    }

    @Test
    void aStudyOfNothingIsShownWithoutAComplaint() throws IOException, InterruptedException {
        Optional<Chromium> chromium = Chromium.find();
        Platform.require(chromium.isPresent(), Chromium.ADVICE);
        Path page = Files.writeString(directory.resolve("report.html"), ReinitialisationReport.render(results(0)));
        Chromium.Visit visit = chromium.orElseThrow().visit(page, directory);
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("No feed-forward network was drawn anew and measured.");
    }

    private static ReinitialisationResults results(int layers) {
        List<TransformerReplica> trained = List.of(new TransformerReplica("toy-r0", "toy", 1, OptionalDouble.of(1),
                OptionalDouble.of(0.75), OptionalDouble.of(1), OptionalDouble.empty(), Optional.of("place"),
                Optional.empty()));
        List<ReinitialisedModel> replicas = IntStream.rangeClosed(1, layers).mapToObj(layer -> ReinitialisedModel.of(
                new ReinitialisedModel.Place("toy-l" + layer + "-r0", "toy", layer, 5),
                new ReinitialisedModel.Scores(layer, 0.5), new ReinitialisedModel.Scores(1.25, 0.625), "place"))
                .toList();
        List<LayerPath> paths = IntStream.rangeClosed(1, layers).mapToObj(ReinitialisationReportTest::path).toList();
        return new ReinitialisationResults(ReinitialisationResults.SCHEMA, "drawn anew",
                ReinitialisationResults.conventions(11), new Environment("here", 2, "25", "mkl", 1),
                Map.of("study", "drawn anew"), trained, replicas, paths,
                ReinitialisationRow.summarise(trained, replicas, paths), PaperReinitialisation.table(), List.of(),
                new Timing("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", 1, Map.of("train", 1.0)));
    }

    private static LayerPath path(int layer) {
        double[] loss = IntStream.range(0, 11).mapToDouble(point -> 1 + layer * Math.sin(point * Math.PI / 10))
                .toArray();
        LossAndAccuracy curves = new LossAndAccuracy(new Curve(Grid.uniform(11), loss), Optional.empty());
        return new LayerPath(layer, MethodPath.of(
                new MethodPath.Place(
                        "toy", "vanilla", PathForm.WEIGHTS, "toy-l" + layer + "-r0", "toy-l" + layer + "-r1"),
                PairOutcome.Measured.of(curves)));
    }
}
