package org.thalweg.spark;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.thalweg.failure.Shown;
import org.thalweg.study.StepContext;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** What the driver hears of tasks: how far they are, which are lost, and which still run. */
final class TaskWatch extends SparkListener {
    private static final String GROUP = "spark.jobGroup.id";
    private static final long LOOK_MILLISECONDS = 20;

    private final Map<String, Watched> byGroup = new ConcurrentHashMap<>();
    private final Map<Integer, Watched> byStage = new ConcurrentHashMap<>();
    private final Set<Long> running = ConcurrentHashMap.newKeySet();

    /** The step of one job. */
    final class Watched implements AutoCloseable {
        private final String group;
        private final String step;
        private final StepContext.Progress progress;
        private long told;

        private Watched(String group, String step, StepContext.Progress progress) {
            this.group = group;
            this.step = step;
            this.progress = progress;
        }

        /** An attempt has done so much; one that begins anew is told of when it is further than the one before. */
        synchronized void reached(long done) {
            if (done > told) {
                progress.advance(done - told, "");
                told = done;
            }
        }

        private void lost(TaskFailedReason reason) {
            progress.warned("an attempt at the step " + step + " was lost ("
                    + Shown.field(reason.toErrorString().lines().findFirst().orElse("")) + ").");
        }

        @Override
        public void close() {
            byGroup.remove(group);
            byStage.values().remove(this);
        }
    }

    /**
     * Watches the job of a step until closed.
     *
     * @param group the job's group, also the name of the accumulator that counts its work
     * @param step what to call it
     * @param progress told of what is done and of what is lost
     */
    Watched watch(String group, String step, StepContext.Progress progress) {
        Watched watched = new Watched(group, step, progress);
        byGroup.put(group, watched);
        return watched;
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        Watched watched = byGroup.get(event.properties().getProperty(GROUP, ""));
        if (watched != null) {
            byStage.put(event.stageInfo().stageId(), watched);
        }
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
        for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task
                : CollectionConverters.asJava(event.accumUpdates())) {
            for (AccumulableInfo counted : CollectionConverters.asJava(task._4())) {
                Watched watched = counted.name().isDefined() ? byGroup.get(counted.name().get()) : null;
                if (watched != null && counted.update().isDefined() && counted.update().get() instanceof Long done) {
                    watched.reached(done);
                }
            }
        }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
        running.add(event.taskInfo().taskId());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        running.remove(event.taskInfo().taskId());
        Watched watched = byStage.get(event.stageId());
        if (watched != null && event.reason() instanceof TaskFailedReason reason && !(reason instanceof TaskKilled)) {
            watched.lost(reason);
        }
    }

    /** Waits until no task runs, but not longer than this. */
    void awaitEnd(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!running.isEmpty() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
