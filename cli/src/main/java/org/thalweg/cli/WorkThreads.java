package org.thalweg.cli;

import java.util.Arrays;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.model.ModelDirectory;
import org.thalweg.tensor.Engine;

/** Threads for the work of a command. */
final class WorkThreads {
    private WorkThreads() {}

    /** Chooses threads for the calling thread by the largest of these models; loads libtorch. */
    static void choose(ModelDirectory... models) {
        choose(Arrays.stream(models).map(ModelDirectory::checkpoint).toArray(Checkpoint[]::new));
    }

    /** As for models. */
    static void choose(Checkpoint... checkpoints) {
        Engine.useThreadsForModel(Arrays.stream(checkpoints).mapToLong(WorkThreads::elements).max().orElse(0));
    }

    private static long elements(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream().mapToLong(TensorLayout::elements).sum();
    }
}
