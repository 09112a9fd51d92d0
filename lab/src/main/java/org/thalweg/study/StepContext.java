package org.thalweg.study;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.tensor.Device;
import org.thalweg.training.Monitor;
import org.thalweg.training.PrefixStore;

/**
 * What a step may touch.
 *
 * @param inputs directories of the artifacts it reads, in the order in which its node names them
 * @param data the data set
 * @param output the directory to fill
 * @param snapshots where unfinished work may be kept
 * @param monitor who watches
 * @param prefixes where trainings keep outputs of frozen stages
 * @param device on which trainings and learned alignments run
 */
public record StepContext(
        List<Path> inputs, StepData data, Path output, Snapshots snapshots, Progress monitor,
        PrefixStore prefixes, Device device) {
    /** Copies the list. */
    public StepContext {
        inputs = List.copyOf(inputs);
    }

    /** On the CPU, with a gibibyte of memory for outputs of frozen stages, which no other step sees. */
    public StepContext(List<Path> inputs, StepData data, Path output, Snapshots snapshots, Progress monitor) {
        this(inputs, data, output, snapshots, monitor, PrefixStore.forOneTraining(1L << 30, Optional.empty()),
                Device.CPU);
    }

    /** The data of a step that works on examples. */
    public ExampleData examples() {
        return ExampleData.of(data);
    }

    /** Who watches a step. */
    public interface Progress {
        /**
         * Some of {@link Step#work} is done.
         *
         * @param work how much
         * @param note what to show beside it, for example the loss
         */
        void advance(long work, String note);

        /**
         * Work that was found done.
         *
         * @param work how much
         */
        void skip(long work);

        /**
         * Whether to save and stop now.
         *
         * @return true when somebody asked for it
         */
        boolean stopRequested();

        /**
         * Something the user should know.
         *
         * @param sentence one sentence
         */
        void warned(String sentence);

        /**
         * How the work is done, where that depends on the machine.
         *
         * @param sentence one sentence
         */
        default void noted(String sentence) {
            // Only some have somewhere to show it.
        }
    }

    /**
     * The watcher, as one of a training.
     *
     * @param workPerStep work of one training step
     * @return a monitor
     */
    public Monitor trainingMonitor(long workPerStep) {
        return new Monitor() {
            @Override
            public void stepDone(double loss) {
                monitor.advance(workPerStep, String.format(Locale.ROOT, "loss %.4f", loss));
            }

            @Override
            public void resumedAfter(long steps) {
                monitor.skip(steps * workPerStep);
            }

            @Override
            public boolean stopRequested() {
                return monitor.stopRequested();
            }

            @Override
            public void warned(String sentence) {
                monitor.warned(sentence);
            }

            @Override
            public void noted(String sentence) {
                monitor.noted(sentence);
            }
        };
    }
}
