package org.thalweg.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.cli.Thalweg;
import org.thalweg.failure.Stopped;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.study.GraphRun;
import org.thalweg.study.Machines;
import org.thalweg.study.StopSignal;
import org.thalweg.study.StudyObserver;

/** Studies on Spark inside this process. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocalSparkTest {
    @TempDir
    private static Path root;

    private static Map<String, String> experts;
    private static Map<String, String> transformers;
    private static Map<String, String> drawnAnew;

    @BeforeAll
    static void runHere() throws IOException {
        SmallRuns.writeText();
        SmallRuns.runHere(SmallRuns.EXPERTS, root.resolve("experts"));
        experts = SmallRuns.contents(root.resolve("experts"));
        SmallRuns.runHere(SmallRuns.TRANSFORMERS, root.resolve("transformers"));
        transformers = SmallRuns.contents(root.resolve("transformers"));
        SmallRuns.runHere(SmallRuns.DRAWN_ANEW, root.resolve("drawn anew"));
        drawnAnew = SmallRuns.contents(root.resolve("drawn anew"));
    }

    @Test
    void everyKindOfStudyLeavesTheSameFiles() throws IOException {
        SmallRuns.Log log = new SmallRuns.Log();
        try (Machines machines = SmallRuns.spark("local[2]")) {
            SmallRuns.run(SmallRuns.EXPERTS, root.resolve("local experts"), machines, log);
            SmallRuns.run(SmallRuns.TRANSFORMERS, root.resolve("local transformers"), machines, log);
            SmallRuns.run(SmallRuns.DRAWN_ANEW, root.resolve("local drawn anew"), machines, log);
        }
        assertThat(SmallRuns.contents(root.resolve("local experts"))).isEqualTo(experts);
        assertThat(SmallRuns.contents(root.resolve("local transformers"))).isEqualTo(transformers);
        assertThat(SmallRuns.contents(root.resolve("local drawn anew"))).isEqualTo(drawnAnew);
        assertThat(log.warnings).isEmpty();
        assertThat(log.left()).isZero();
        assertThat(log.advanced()).isGreaterThan(log.planned() / 2);
    }

    @Test
    void artifactsPassThroughAHadoopFileSystem() throws IOException {
        Path shared = Files.createDirectories(root.resolve("shared"));
        String link = "spark.hadoop.fs.viewfs.mounttable.default.link./runs";
        System.setProperty(link, shared.toUri().toString());
        try (Machines machines = SmallRuns.spark("local[2]", Optional.of(URI.create("viewfs:///runs/small")))) {
            Path run = root.resolve("by hadoop");
            SmallRuns.run(SmallRuns.EXPERTS, run, machines, StudyObserver.SILENT);
            assertThat(SmallRuns.contents(run)).isEqualTo(experts);
            Path other = root.resolve("another driver");
            SmallRuns.Log log = new SmallRuns.Log();
            SmallRuns.run(SmallRuns.EXPERTS, other, machines, log);
            assertThat(SmallRuns.contents(other)).isEqualTo(experts);
            assertThat(log.advanced()).as("work done again").isZero();
        } finally {
            System.clearProperty(link);
        }
        try (Stream<Path> files = Files.walk(shared.resolve("small"))) {
            assertThat(files.filter(file -> file.endsWith("artifact.json"))).hasSize(10);
        }
    }

    @Test
    void aStepThatFailsIsToldInTheSentenceOfARunOnOneMachine() {
        String wild = SmallRuns.EXPERTS.replace("optimiser: adamw, learning_rate: 0.01",
                "optimiser: sgd, learning_rate: 1000000.0");
        try (Machines machines = SmallRuns.spark("local[2]")) {
            assertThatThrownBy(() -> SmallRuns.run(wild, root.resolve("wild"), machines, StudyObserver.SILENT))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageMatching("the backbone l1 diverged: .*; lower pretrain.learning_rate in the study "
                            + "file.");
        }
    }

    @Test
    void aStoppedRunGoesOnOnOneMachineToTheSameFiles() throws IOException {
        String longer = SmallRuns.EXPERTS.replace("finetune: {epochs: 2", "finetune: {epochs: 100");
        SmallRuns.runHere(longer, root.resolve("longer"));
        Path run = root.resolve("stopped");
        StopSignal stop = new StopSignal();
        SmallRuns.Log stopping = new SmallRuns.Log() {
            @Override
            public synchronized void advanced(long work, String step, String note) {
                if (step.startsWith("finetune")) {
                    stop.request();
                }
            }
        };
        System.setProperty("spark.executor.heartbeatInterval", "100ms");
        try (Machines machines = SmallRuns.spark("local[2]")) {
            assertThatThrownBy(() -> SmallRuns.run(longer, run, machines, new GraphRun.Watch(stopping, stop)))
                    .isInstanceOf(Stopped.class);
        } finally {
            System.clearProperty("spark.executor.heartbeatInterval");
        }
        try (Stream<Path> kept = Files.list(run.resolve("artifacts/finetune"))) {
            assertThat(kept).isNotEmpty().anyMatch(path -> path.getFileName().toString().startsWith(".snapshot-"));
        }
        SmallRuns.runHere(longer, run);
        assertThat(SmallRuns.contents(run)).isEqualTo(SmallRuns.contents(root.resolve("longer")));
    }

    @Test
    void theCommandFindsThisModule() throws IOException {
        Path study = Files.writeString(root.resolve("small.yaml"), SmallRuns.EXPERTS);
        Path run = root.resolve("command");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Thalweg.run(new String[] {"study", "run", study.toString(), "--spark", "local[2]", "--json", "--out",
                run.toString()}, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
        assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Files.readString(run.resolve("results.json")));
        Files.delete(run.resolve("report.html"));
        assertThat(SmallRuns.contents(run)).isEqualTo(experts);
        assertThat(errors.toString(StandardCharsets.UTF_8).lines()).allMatch(line -> line.startsWith("thalweg: "));
    }

    @Test
    void whatIsNoMasterIsWrongUse() {
        assertThatThrownBy(() -> SmallRuns.spark("elsewhere")).isInstanceOf(WrongUse.class)
                .hasMessage("--spark is 'elsewhere', expected a Spark master such as spark://HOST:7077, local[2] or "
                        + "local-cluster[2,1,2048].");
    }
}
