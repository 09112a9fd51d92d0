package org.thalweg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void rateCountsOnlyWorkDoneNow() {
        Pace pace = new Pace(1000, 0);
        pace.find(500);
        assertThat(pace.left(SECOND)).isEmpty();
        pace.advance(100);
        assertThat(pace.share()).isEqualTo(0.6);
        assertThat(pace.rate(10 * SECOND)).isEqualTo(10);
        assertThat(pace.left(10 * SECOND)).contains(Duration.ofSeconds(40));
        assertThat(pace.words(10 * SECOND, "img/s")).isEqualTo("60.0 %, 10 img/s, 0:40 left");
    }

    @Test
    void neverPromisesLessThanNothing() {
        Pace pace = new Pace(10, 0);
        pace.advance(20);
        assertThat(pace.share()).isEqualTo(1);
        assertThat(pace.left(SECOND)).contains(Duration.ZERO);
        assertThat(Pace.clock(Duration.ofSeconds(3723))).isEqualTo("1:02:03");
    }

    @Test
    void withoutATerminalProgressIsWholeLines() {
        StringWriter text = new StringWriter();
        try (ProgressLine progress = ProgressLine.inLines(
                new PrintWriter(text), Duration.ZERO, ProgressLine.Task.STUDY)) {
            progress.planned(100);
            progress.advanced(10, "finetune dense-l2-m1-n4-r0", "loss 0.5000");
            progress.advanced(10, "measure dense-l2-m1-n4-r0-r1", "curve");
            progress.warned("replica r1 diverged.");
            progress.reused(80);
        }
        assertThat(text.toString()).doesNotContain("\r");
        assertThat(text.toString().lines()).hasSize(4).satisfiesExactly(
                line -> assertThat(line).matches(
                        "thalweg: study 10\\.0 %, \\d+ img/s, \\d+:\\d\\d left, loss 0\\.5000, finetune .*r0"),
                line -> assertThat(line).contains("20.0 %").contains("loss 0.5000, measure"),
                line -> assertThat(line).isEqualTo("thalweg: replica r1 diverged."),
                line -> assertThat(line).contains("100.0 %"));
    }

    @Test
    void linesComeNowAndThenOnly() {
        StringWriter text = new StringWriter();
        try (ProgressLine progress = ProgressLine.inLines(
                new PrintWriter(text), Duration.ofHours(1), ProgressLine.Task.STUDY)) {
            progress.planned(1000);
            for (int step = 0; step < 1000; step++) {
                progress.advanced(1, "pretrain", "loss 1");
            }
        }
        assertThat(text.toString().lines()).hasSize(1);
    }

    @Test
    void shortWorkIsNotToldOf() {
        StringWriter text = new StringWriter();
        ProgressLine.Task patient = new ProgressLine.Task("align: matching", "tensors/s", Duration.ofHours(1));
        try (ProgressLine progress = ProgressLine.inLines(new PrintWriter(text), Duration.ofHours(1), patient)) {
            progress.planned(2);
            progress.advanced(2, "", "");
        }
        assertThat(text.toString()).isEmpty();
        ProgressLine.Task slow = new ProgressLine.Task("align: matching", "tensors/s", Duration.ZERO);
        try (ProgressLine progress = ProgressLine.inLines(new PrintWriter(text), Duration.ofHours(1), slow)) {
            progress.planned(2);
            progress.advanced(2, "", "");
        }
        assertThat(text.toString()).startsWith("thalweg: align: matching 100.0 %, ").contains(" tensors/s, 0:00 left");
    }

    @Test
    void aLongFirstPartIsToldOfWhileItGoesOn() throws InterruptedException {
        StringWriter text = new StringWriter();
        ProgressLine.Task slow = new ProgressLine.Task("align: matching", "tensors/s", Duration.ZERO);
        try (ProgressLine progress = ProgressLine.inLines(new PrintWriter(text), Duration.ofMillis(300), slow)) {
            progress.planned(2);
            for (int wait = 0; wait < 100 && text.toString().isEmpty(); wait++) {
                Thread.sleep(100);
            }
            assertThat(text.toString()).startsWith(
                    "thalweg: align: matching 0.0 %, 0.0 tensors/s, time left not known");
        }
    }

    @Test
    void slowWorkHasARateToo() {
        Pace pace = new Pace(100, 0);
        pace.advance(15);
        assertThat(pace.words(10 * SECOND, "tensors/s")).isEqualTo("15.0 %, 1.5 tensors/s, 0:57 left");
    }
}
