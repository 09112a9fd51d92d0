package org.thalweg.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.study.Machines;

/** Studies on two workers whose executors are processes of their own. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocalClusterTest {
    @TempDir
    private static Path root;

    private static Machines machines;

    @BeforeAll
    static void start() throws IOException {
        SmallRuns.writeText();
        System.setProperty("spark.executor.heartbeatInterval", "300ms");
        System.setProperty("spark.executor.memory", "512m");
        machines = SmallRuns.spark("local-cluster[2,1,2048]");
    }

    @AfterAll
    static void stop() {
        machines.close();
        System.clearProperty("spark.executor.heartbeatInterval");
        System.clearProperty("spark.executor.memory");
    }

    @Test
    void executorsLeaveTheSameFiles() throws IOException {
        for (String yaml : List.of(SmallRuns.EXPERTS, SmallRuns.TRANSFORMERS)) {
            Path here = root.resolve("here " + yaml.hashCode());
            Path there = root.resolve("there " + yaml.hashCode());
            SmallRuns.Log log = new SmallRuns.Log();
            SmallRuns.runHere(yaml, here);
            SmallRuns.run(yaml, there, machines, log);
            assertThat(SmallRuns.contents(there)).isEqualTo(SmallRuns.contents(here));
            assertThat(log.warnings).isEmpty();
            assertThat(log.left()).isZero();
        }
    }

    @Test
    void theStepOfAKilledWorkerRunsAgainToTheSameFiles() throws IOException {
        String longer = SmallRuns.EXPERTS.replace("finetune: {epochs: 2", "finetune: {epochs: 200");
        SmallRuns.runHere(longer, root.resolve("undisturbed"));
        AtomicInteger kills = new AtomicInteger();
        SmallRuns.Log log = new SmallRuns.Log() {
            @Override
            public synchronized void advanced(long work, String step, String note) {
                super.advanced(work, step, note);
                if (step.startsWith("finetune") && kills.get() == 0) {
                    kills.addAndGet(killOneExecutor());
                }
            }
        };
        SmallRuns.run(longer, root.resolve("killed"), machines, log);
        assertThat(kills).hasValue(1);
        assertThat(log.warnings).isNotEmpty().allMatch(told -> told.startsWith("an attempt at the step finetune "));
        assertThat(log.left()).isZero();
        assertThat(SmallRuns.contents(root.resolve("killed")))
                .isEqualTo(SmallRuns.contents(root.resolve("undisturbed")));
    }

    /** Executors are the only processes that this one starts. */
    private static int killOneExecutor() {
        return ProcessHandle.current().children().limit(1).mapToInt(one -> one.destroyForcibly() ? 1 : 0).sum();
    }
}
