package org.thalweg.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.network.Network;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Schedule;
import org.thalweg.tensor.Scope;
import org.thalweg.training.InitialWeights;
import org.thalweg.training.TrainingPlan;

/** As {@link GoldenArtifactsTest}, for the step that draws a feed-forward network anew. */
class ReinitialisationGoldenTest {
    @TempDir
    private Path directory;

    private final TransformerData data = SmallTransformers.data(SmallTransformers.of(TransformerFamily.GPT2));

    @Test
    void theStepMakesWhatItsVersionMade() throws IOException {
        Engine.useThreadsPerOperation(1);
        // By descent, because AdamW makes a step of full size of a gradient that is nothing but rounding.
        TrainingPlan plan = new TrainingPlan(2, 32, new Optimiser.Method.Sgd(0.9, false, 0),
                new Schedule(Schedule.Shape.COSINE, 0.1, 0));
        Step step = new ReinitialiseStep("gpt2-verse-l2-r0", TransformerFamily.GPT2, 1, plan, Precautions.NONE, 5);
        Path output = Files.createDirectory(directory.resolve("output"));
        step.run(new StepContext(List.of(model()), data, output,
                new Snapshots(directory.resolve("snapshot"), Duration.ofHours(1)),
                new StepWatch(step, StudyObserver.SILENT, new StopSignal())));
        GoldenValues golden = new GoldenValues("golden-reinitialisation.json");
        golden.add(step, "", ArtifactNumbers.of(output));
        golden.requireUnchanged("reinitialise");
    }

    private Path model() throws IOException {
        Path model = directory.resolve("model");
        try (Scope scope = Scope.open()) {
            var config = TrainedModel.config(data.config());
            Network network = TransformerFamily.network(config);
            Checkpoint.write(model, config, new InitialWeights(0.3, Set.of(), 0.3).draw(network, 2), Map.of());
        }
        Files.writeString(model.resolve("training.json"), "{}");
        return model;
    }
}
