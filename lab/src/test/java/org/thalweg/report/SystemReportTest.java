package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import org.thalweg.results.MethodPath;
import org.thalweg.results.OrderBarrier;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PathForm;
import org.thalweg.results.Ranking;
import org.thalweg.results.SystemClaim;
import org.thalweg.results.SystemFiles;
import org.thalweg.results.SystemModel;
import org.thalweg.results.SystemPair;
import org.thalweg.results.SystemResults;
import org.thalweg.results.Timing;

class SystemReportTest {
    private static final int POINTS = 5;

    @TempDir
    private Path directory;

    @Test
    void claimsPathsAndOrdersAreDrawnWithoutAComplaint() throws IOException, InterruptedException {
        Chromium.Visit visit = visit(results(true));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("path-chart", POINTS)).isEqualTo(2);
        assertThat(visit.dom()).contains("Of 2 claims 1 hold in direction, 0 fail and 1 cannot be told from chance. "
                + "Between replicas the barrier is 1.0000 as they are and 0.2500 matched.", "1 of 2", "25.0 %",
                "not shown", "<svg");
    }

    @Test
    void whereNoOrderIsRankedNoneIsDrawn() throws IOException, InterruptedException {
        Chromium.Visit visit = visit(results(false));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("id=\"orders\" aria-labelledby=\"orders-title\" hidden");
    }

    @Test
    void theFilesHaveTheNamedColumnsAndReadBack() throws IOException {
        SystemFiles.write(directory, results(true));
        assertThat(Files.readAllLines(directory.resolve("table.csv"))).containsExactly(
                "system,claim,paper_value,our_value,our_sd,seeds,direction_holds,naive_barrier,matched_barrier,"
                        + "ratio_percent",
                "toy,\"a, minus b\",\"1 %\",0.5,0.125,2,yes,1.0,0.25,25.0",
                "toy,c,\"not given\",0.0,1.0,2,\"not shown\",1.0,0.25,25.0");
        assertThat(SystemFiles.isOne(directory.resolve("results.json"))).isTrue();
        SystemResults read = SystemFiles.read(directory.resolve("results.json"));
        assertThat(SystemFiles.text(read)).isEqualTo(SystemFiles.text(results(true)));
        assertThat(Files.readString(directory.resolve("table.md")))
                .contains("| first | 1.5000 ± 0.7071 |", "| first-r0, first-r1 | 1.0000 | 0.2500 | 25.0 % | 1 of 2 |");
    }

    @Test
    void anOrderIsRankedByItsOwnBarrierAmongThose() {
        SystemPair pair = results(true).pairs().getFirst();
        assertThat(pair.ranked(List.of(1, 0)).order().orElseThrow().ranking()).isEqualTo(
                new Ranking(1, OptionalDouble.of(0)));
        // (0.5 - 0.25) / (1 - 0.25) of the naive excess over the best order.
        Ranking second = pair.ranked(List.of(0, 1)).order().orElseThrow().ranking();
        assertThat(second.rank()).isEqualTo(2);
        assertThat(second.lHat().orElseThrow()).isCloseTo(100.0 / 3, within(1e-9));
    }

    private Chromium.Visit visit(SystemResults results) throws IOException, InterruptedException {
        Optional<Chromium> chromium = Chromium.find();
        Platform.require(chromium.isPresent(), Chromium.ADVICE);
        Path page = Files.writeString(directory.resolve("report.html"), SystemReport.render(results));
        return chromium.orElseThrow().visit(page, directory);
    }

    private static SystemResults results(boolean ranked) {
        List<SystemModel> models = List.of(
                new SystemModel("first-r0", "first", 1, Map.of("loss", 1.0), "place"),
                new SystemModel("first-r1", "first", 2, Map.of("loss", 2.0), "place"));
        List<OrderBarrier> orders = List.of(
                new OrderBarrier(List.of(0, 1), 0.5, OptionalDouble.empty(), List.of()),
                new OrderBarrier(List.of(1, 0), 0.25, OptionalDouble.empty(), List.of()));
        SystemPair pair = new SystemPair("first-r0", "first-r1", path("vanilla", 1), path("weight", 0.25),
                ranked ? Optional.of(new SystemPair.Order(List.of(1, 0), new Ranking(1, OptionalDouble.of(0))))
                        : Optional.empty(),
                ranked ? orders : List.of());
        return new SystemResults(SystemResults.SCHEMA, "zoo-toy", "toy", "nowhere",
                SystemResults.conventions(POINTS), new Environment("here", 2, "25", "mkl", 1),
                Map.of("study", "zoo-toy"), models, List.of(pair),
                List.of(new SystemClaim("a, minus b", "1 %", 0.5, 0.125, 2, "yes"),
                        new SystemClaim("c", "not given", 0, 1, 2, "not shown")),
                new Timing("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", 1, Map.of("system", 1.0)));
    }

    private static MethodPath path(String method, double height) {
        double[] loss = IntStream.range(0, POINTS).mapToDouble(point -> 1 + (point == 2 ? height : 0)).toArray();
        return MethodPath.of(new MethodPath.Place("first", method, PathForm.WEIGHTS, "first-r0", "first-r1"),
                PairOutcome.Measured.of(new LossAndAccuracy(new Curve(Grid.uniform(POINTS), loss), Optional.empty())));
    }
}
