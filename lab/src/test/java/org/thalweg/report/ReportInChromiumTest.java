package org.thalweg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.Platform;
import org.thalweg.connectivity.LossAndAccuracy;
import org.thalweg.results.MadeUpResults;
import org.thalweg.results.PairOutcome;
import org.thalweg.results.PairResult;
import org.thalweg.results.StudyResults;

class ReportInChromiumTest {
    private static final int GRID_POINTS = 25;

    @TempDir
    private Path directory;

    private Chromium chromium;

    @BeforeEach
    void findBrowser() {
        Optional<Chromium> found = Chromium.find();
        Platform.require(found.isPresent(), Chromium.ADVICE);
        chromium = found.orElseThrow();
    }

    @Test
    void curvesOfTheSelectedPairAreDrawnWithoutAComplaint() throws Exception {
        Chromium.Visit visit = visit(HtmlReport.render(MadeUpResults.study()));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", GRID_POINTS)).isEqualTo(4);
        assertThat(visit.curves("accuracy-chart", GRID_POINTS)).isEqualTo(4);
        assertThat(visit.dom()).contains("<strong>dense-6-1+6-8-r3 diverged: ").contains("0.3676")
                .contains("made-up &lt;study&gt; &amp; \"friends\"");
    }

    @Test
    void curvesOnTrainingDataStandBesideThoseOnTheTestSet() throws Exception {
        Chromium.Visit visit = visit(HtmlReport.render(MadeUpResults.study()));
        assertThat(visit.curves("train_loss-chart", GRID_POINTS)).isEqualTo(4);
        assertThat(visit.curves("train_accuracy-chart", GRID_POINTS)).isEqualTo(4);
        assertThat(visit.dom()).contains("Loss barrier, nats, on training data: ");
    }

    @Test
    void barsOfTheOrdersAreDrawnWithTheMethodsMarked() throws Exception {
        Chromium.Visit visit = visit(scripted("const bars = orderBars(settings[0], [settings[0].pairs[0]], 'loss');"
                + "document.body.dataset.bars = bars.map((bar) => bar.value.toFixed(2)).join(' ');"
                + "document.body.dataset.chosen = bars.findIndex((bar) => bar.methods.length === 2);"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("data-bars=\"0.05 0.09 0.13 0.17 0.21 0.25\"").contains("data-chosen=\"1\"")
                .contains("gate + expert").contains("7 of 24 orders").doesNotContain("id=\"orders\" hidden");
        Chromium.Visit without = visit(scripted("select(3, 0);"
                + "document.body.dataset.orders = getComputedStyle(byId('orders')).display;"));
        assertThat(without.dom()).contains("data-orders=\"none\"");
    }

    @Test
    void studyWithoutPairsIsShownWithoutAComplaint() throws Exception {
        StudyResults full = MadeUpResults.study();
        StudyResults empty = new StudyResults(full.schema(), "empty", full.conventions(), full.environment(),
                full.configuration(), full.replicas(), List.of(), List.of(), List.of(), List.of(), full.timing());
        Chromium.Visit visit = visit(HtmlReport.render(empty));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", GRID_POINTS)).isZero();
        assertThat(visit.dom()).contains("no ratio can be stated");
    }

    @Test
    void studyWithoutAccuracyShowsTheLossAlone() throws Exception {
        StudyResults full = MadeUpResults.study();
        List<PairResult> pairs = full.pairs().stream().map(ReportInChromiumTest::withoutAccuracy).toList();
        StudyResults losses = new StudyResults(full.schema(), "losses", full.conventions(), full.environment(),
                full.configuration(), full.replicas(), pairs, full.rows(), full.orders(), full.warnings(),
                full.timing());
        Chromium.Visit visit = visit(HtmlReport.render(losses));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", GRID_POINTS)).isEqualTo(4);
        assertThat(visit.dom()).contains("<figure id=\"accuracy-figure\" hidden=\"\">");
    }

    @Test
    void meanOverPairsIsDrawnWithEveryPairBehindIt() throws Exception {
        Chromium.Visit visit = visit(scripted("select(1, 3);"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.curves("loss-chart", GRID_POINTS)).isEqualTo(4 + 3 * 3);
        assertThat(visit.dom()).contains("Loss barrier, nats, mean over 3 pairs: ");
    }

    @Test
    void excludedPairShowsItsReasonAndNoCurvesOfAnother() throws Exception {
        Chromium.Visit visit = visit(scripted("select(3, 1);"
                + "document.body.dataset.figures = getComputedStyle(byId('figures')).display;"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("data-figures=\"none\"")
                .contains("One pair is excluded: replica dense-6-1+6-8-r3 diverged.");
    }

    @Test
    void chartsAreExportedAsPictures() throws Exception {
        Chromium.Visit visit = visit(scripted("const option = optionOf(selectedPairs(), 'loss', state.shown, '');"
                + "document.body.dataset.png = picture(option, 'png', '#fff').slice(0, 15) + '…';"
                + "document.body.dataset.svg = picture(option, 'svg', '#fff').slice(0, 15) + '…';"
                + "document.body.dataset.csv = curvesCsv(selectedPairs(), 'loss').split('\\n').length;"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("data-png=\"data:image/png;…\"", "data-svg=\"data:image/svg+…\"",
                "data-csv=\"102\"");
    }

    @Test
    void redrawingUnderAnOpenTooltipIsHarmless() throws Exception {
        Chromium.Visit visit = visit(scripted("drawn.loss.dispatchAction({type: 'showTip', x: 300, y: 150});"
                + "setTimeout(() => { document.body.dataset.tip = byId('loss-chart').textContent.includes('t = 0.');"
                + "byId('show-expert').click(); }, 300);"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("data-tip=\"true\"");
        assertThat(visit.curves("loss-chart", GRID_POINTS)).isEqualTo(3);
    }

    @Test
    void tablesSortByTheirHeads() throws Exception {
        Chromium.Visit visit = visit(scripted("const head = byId('replicas-table').querySelectorAll('th')[0];"
                + "head.firstChild.click(); head.firstChild.click();"
                + "document.body.dataset.first = byId('replicas-table').querySelector('td').textContent;"));
        assertThat(visit.complaints()).isEmpty();
        assertThat(visit.dom()).contains("data-first=\"sparse-2-1-4-r3\"").contains("aria-sort=\"descending\"");
    }

    @Test
    void brokenPageIsFoundOut() throws Exception {
        String page = HtmlReport.render(MadeUpResults.study());
        Chromium.Visit throwing = visit(page.replace("\nstart();", "\nstart(nothing);"));
        assertThat(throwing.complaints()).isNotEmpty();
        assertThat(throwing.curves("loss-chart", GRID_POINTS)).isZero();
        Chromium.Visit unlibraried = visit(page.replace("echarts.init", "echarts.begin"));
        assertThat(unlibraried.complaints()).isNotEmpty();
        assertThat(unlibraried.curves("loss-chart", GRID_POINTS)).isZero();
    }

    private static PairResult withoutAccuracy(PairResult pair) {
        return switch (pair.outcome()) {
            case PairOutcome.Excluded excluded -> pair;
            case PairOutcome.Measured measured -> new PairResult(pair.setting(), pair.replicaA(), pair.replicaB(),
                    pair.method(), PairOutcome.Measured.of(
                            new LossAndAccuracy(measured.curves().loss(), Optional.empty())));
        };
    }

    private static String scripted(String script) {
        return HtmlReport.render(MadeUpResults.study()).replace("\nstart();", "\nstart();\n" + script);
    }

    private Chromium.Visit visit(String html) throws IOException, InterruptedException {
        Path page = Files.createTempFile(directory, "report", ".html");
        Files.writeString(page, html);
        return chromium.visit(page, directory);
    }
}
