package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.results.Analyses;
import org.thalweg.results.AnalysisPoint;
import org.thalweg.results.Environment;
import org.thalweg.results.RotationAngles;
import org.thalweg.results.StudyVariant;
import org.thalweg.results.Timing;
import org.thalweg.results.TransformerReplica;
import org.thalweg.results.TransformerResults;

class AnalysesInChromiumTest {
    private static final String A = "gpt2-verse-r0";
    private static final String B = "gpt2-verse-r1";

    @TempDir
    private Path directory;

    private Chromium chromium;

    @BeforeEach
    void findBrowser() {
        Optional<Chromium> found = Chromium.find();
        Platform.require(found.isPresent(), Chromium.ADVICE);
        chromium = found.orElseThrow();
    }

    private static AnalysisPoint point(String analysis, String series, String setting, double barrier) {
        OptionalDouble none = OptionalDouble.empty();
        OptionalDouble product = analysis.equals("iterations") ? OptionalDouble.of(10 + barrier) : none;
        return new AnalysisPoint(analysis, "verse", series, setting, A, B, OptionalDouble.of(barrier),
                OptionalDouble.of(barrier / 2), product, product, Optional.empty());
    }

    private static TransformerResults results(Optional<Analyses> analyses) {
        return new TransformerResults(TransformerResults.SCHEMA, "made-up", Map.of("Grid", "none"),
                new Environment("machine", 2, "java", "blas", 1), Map.of("study", "made-up"), List.of(), List.of(),
                List.of(), List.of(), List.of(), analyses, List.of(), new Timing("then", "later", 1, Map.of()));
    }

    private static Analyses analyses() {
        List<AnalysisPoint> points = new ArrayList<>();
        IntStream.range(0, 7).forEach(pass -> {
            points.add(point("iterations", "orthogonal", Integer.toString(pass), 2.0 / (1 + pass)));
            points.add(point("iterations", "permutation", Integer.toString(pass), 1.5));
        });
        points.add(point("initialisations", "weight", "narrow", 0.25));
        points.add(point("initialisations", "<identity>", "fixed", 0.75));
        IntStream.range(0, 5).forEach(power ->
                points.add(point("vary-residual", "weight", Integer.toString(16 << power), 1.0 / (1 + power))));
        double[] angles = IntStream.range(0, 16).mapToDouble(i -> i * Math.PI / 15).toArray();
        OptionalDouble loss = OptionalDouble.of(1.5);
        return Analyses.of(points, List.of(
                new RotationAngles("verse", "weight", A, B, angles, Optional.empty()),
                new RotationAngles("verse", "correction", A, B, new double[0], Optional.of("it diverged."))),
                List.of(new StudyVariant("residual", "32", List.of(new TransformerReplica(A, "verse", 1, loss, loss,
                        loss, loss, Optional.of("somewhere"), Optional.empty())), List.of())));
    }

    @Test
    void everyAnalysisIsDrawnWithItsTable() throws Exception {
        Chromium.Visit visit = visit(TransformerReport.render(results(Optional.of(analyses()))));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("analysis-iterations-0", 7)).isEqualTo(2);
        assertThat(visit.curves("analysis-iterations-0-objective", 7)).isEqualTo(2);
        assertThat(visit.curves("analysis-vary-residual-0", 5)).isEqualTo(1);
        assertThat(visit.dom()).contains("analysis-initialisations-0", "analysis-angles-0", "&lt;identity&gt;",
                "Replicas of other values", "0.7500", "<section id=\"analyses\" aria-labelledby=\"analyses-title\">");
        // Of the angles the smallest, the middle one and the largest stand in the table.
        assertThat(visit.dom()).contains("1.5708", "3.1416");
    }

    @Test
    void aStudyWithoutAnalysesHasNoSuchSection() throws Exception {
        Chromium.Visit visit = visit(TransformerReport.render(results(Optional.empty())));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("<section id=\"analyses\" aria-labelledby=\"analyses-title\" hidden=\"\">");
    }

    private Chromium.Visit visit(String html) throws IOException, InterruptedException {
        return chromium.visit(Files.writeString(directory.resolve("page.html"), html), directory);
    }
}
