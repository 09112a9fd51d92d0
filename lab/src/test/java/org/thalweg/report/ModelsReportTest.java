package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.Simplex;
import org.thalweg.connectivity.StraightPath;
import org.thalweg.connectivity.Surface;
import org.thalweg.results.MeasuredOn;
import org.thalweg.results.ModelsResult;
import org.thalweg.results.PathResult;
import org.thalweg.results.SurfaceResult;

class ModelsReportTest {
    private static final MeasuredOn TEXT = new MeasuredOn(
            "</script><b>.txt", 10, 640, "tokens", OptionalInt.of(64), OptionalInt.of(64), OptionalInt.of(2));

    @TempDir
    private Path directory;

    private Chromium chromium;

    @BeforeEach
    void findBrowser() {
        Optional<Chromium> found = Chromium.find();
        Platform.require(found.isPresent(), Chromium.ADVICE);
        chromium = found.orElseThrow();
    }

    private static EvaluationSet.Score score(double loss) {
        return new EvaluationSet.Score(loss, Math.exp(-loss), 640);
    }

    private static ModelsResult path() {
        Grid grid = Grid.standard();
        List<EvaluationSet.Score> scores = Arrays.stream(grid.t())
                .mapToObj(t -> score(1 + 4 * t * (1 - t))).toList();
        return new PathResult(
                "models/<one>", "models/other", StraightPath.curves(grid, scores), Optional.empty(), TEXT);
    }

    private static ModelsResult triangle() {
        Simplex simplex = new Simplex(3, 5);
        List<double[]> weights = simplex.weights();
        return new SurfaceResult(List.of("x/a", "x/b", "x/c"), new Surface(simplex, weights, weights.stream()
                .map(w -> score(1 + w[0] * w[1] + 2 * w[1] * w[2] + 3 * w[0] * w[2])).toList()), TEXT);
    }

    @Test
    void aPathIsDrawnWithItsBarrier() throws Exception {
        Chromium.Visit visit = visit(ModelsReport.render(path()));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", 25)).isEqualTo(1);
        assertThat(visit.curves("accuracy-chart", 25)).isEqualTo(1);
        assertThat(visit.dom()).contains("<h1>From &lt;one&gt; to other</h1>")
                .contains("The loss rises 1.0000 nats above the chord between the ends, at t = 0.500");
    }

    @Test
    void aTriangleIsDrawnAsAMapAndAsASurface() throws Exception {
        Chromium.Visit visit = visit(ModelsReport.render(triangle()).replace("\nstart();", "\nstart();\n"
                + "document.body.dataset.before = byId('surface-chart').querySelectorAll('path').length;"
                + "document.querySelector('input[value=accuracy]').click(); byId('turn').value = 90;"
                + "byId('turn').oninput(); document.body.dataset.turned = view.degrees;"
                + "document.body.dataset.dots = byId('triangle-chart').querySelectorAll('circle title').length;"));
        assertThat(visit.complaints()).isEmpty();
        // 16 triangles of the grid in 36 parts each, their outlines, the floor, the plane and three posts.
        assertThat(visit.dom()).contains("data-before=\"" + (16 * 36 + 16 + 2 + 3) + "\"")
                .contains("data-turned=\"90\"").contains("data-dots=\"15\"");
    }

    @Test
    void equalResultsGiveEqualPagesThatLoadNothing() {
        String page = ModelsReport.render(triangle());
        assertThat(ModelsReport.render(triangle())).isEqualTo(page);
        assertThat(page).doesNotContainPattern("\\{\\{[a-z]+}}").contains("default-src 'none'")
                .doesNotContainPattern("(?:src|href)=\"(?:https?:)?//");
        String from = page.substring(page.indexOf("id=\"results\">") + 13);
        assertThat(from.substring(0, from.indexOf("</script>"))).doesNotContain("<").endsWith("}");
    }

    private Chromium.Visit visit(String html) throws IOException, InterruptedException {
        return chromium.visit(Files.writeString(directory.resolve("page.html"), html), directory);
    }
}
