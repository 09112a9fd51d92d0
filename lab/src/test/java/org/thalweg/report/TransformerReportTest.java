package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.Simplex;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.connectivity.Surface;
import org.thalweg.results.Environment;
import org.thalweg.results.MethodPath;
import org.thalweg.results.MethodRow;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PathForm;
import org.thalweg.results.ReplicaSurface;
import org.thalweg.results.Timing;
import org.thalweg.results.TransformerResults;

/** The page of a study of Transformers as a reader's browser shows it. */
class TransformerReportTest {
    private static final List<String> REPLICAS = List.of("r0", "r1", "r2");

    @TempDir
    private Path directory;

    private static EvaluationSet.Score score(double loss) {
        return new EvaluationSet.Score(loss, Math.exp(-loss), 640);
    }

    private static MethodPath path(String method, PathForm form, double height) {
        Grid grid = Grid.uniform(11);
        List<EvaluationSet.Score> scores = new ArrayList<>();
        for (double t : grid.t()) {
            scores.add(score(1 + height * 4 * t * (1 - t)));
        }
        return MethodPath.of(new MethodPath.Place("verse", method, form, "r0", "r1"), new PairOutcome.Measured(
                StraightPath.curves(grid, scores), Optional.empty(), Optional.empty(), Optional.empty(),
                OptionalDouble.empty()));
    }

    private static ReplicaSurface surface(String method, double height) {
        Simplex simplex = new Simplex(3, 5);
        List<double[]> weights = simplex.weights();
        return ReplicaSurface.of(new ReplicaSurface.Place("verse", method, REPLICAS, 5), new Surface(simplex, weights,
                weights.stream().map(w -> score(1 + height * (w[0] * w[1] + w[1] * w[2] + w[0] * w[2]))).toList()));
    }

    private static TransformerResults results(List<ReplicaSurface> surfaces) {
        List<MethodPath> paths = List.of(path("vanilla", PathForm.WEIGHTS, 2), path("weight", PathForm.WEIGHTS, 1),
                path("weight", PathForm.CIRCUITS, 0.5));
        return new TransformerResults(TransformerResults.SCHEMA, "s", TransformerResults.conventions(11),
                new Environment("m", 2, "25", "b", 1), Map.of(), List.of(), paths, List.of(), surfaces,
                MethodRow.summarise(paths), Optional.empty(), List.of(), new Timing("", "", 1, Map.of()));
    }

    private Chromium.Visit visit(TransformerResults results, String further) throws Exception {
        Optional<Chromium> found = Chromium.find();
        Platform.require(found.isPresent(), Chromium.ADVICE);
        String page = TransformerReport.render(results).replace("\nstart();", "\nstart();\n" + further);
        return found.orElseThrow().visit(Files.writeString(directory.resolve("page.html"), page), directory);
    }

    @Test
    void circuitsAreRowsAndCurvesBesideTheStoredWeights() throws Exception {
        Chromium.Visit visit = visit(results(List.of()), "");
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", 11)).isEqualTo(3);
        assertThat(visit.dom()).contains("weight, circuits")
                .contains("verse: a barrier of 2.000 nats between models as trained, 1.000 by weight, the best of 1");
        assertThat(visit.dom()).containsPattern("<section id=\"surfaces\"[^>]* hidden");
    }

    @Test
    void surfacesAreDrawnAndChosen() throws Exception {
        Chromium.Visit visit = visit(results(List.of(surface("vanilla", 3), surface("universe", 1.5),
                ReplicaSurface.excluded(new ReplicaSurface.Place("prose", "vanilla", REPLICAS, 5), "r1 diverged."))),
                "document.body.dataset.first = byId('triangle-caption').textContent;"
                + "byId('which-surface').selectedIndex = 0; byId('which-surface').onchange();"
                + "document.body.dataset.dots = byId('triangle-chart').querySelectorAll('circle title').length;"
                + "document.body.dataset.second = byId('triangle-caption').textContent;");
        assertThat(visit.complaints()).isEmpty();
        // Of the quarters of the grid the highest is 1/2, 1/4, 1/4: 5/16 of the height.
        assertThat(visit.dom()).contains("data-first=\"Barrier of the three models, nats: 0.4688, at the ring.")
                .contains("data-second=\"Barrier of the three models, nats: 0.9375, at the ring.")
                .contains("data-dots=\"15\"").contains("r1 diverged.")
                .doesNotContainPattern("<section id=\"surfaces\"[^>]* hidden");
    }
}
