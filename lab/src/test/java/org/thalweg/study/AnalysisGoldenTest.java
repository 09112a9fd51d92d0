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
import org.thalweg.tensor.Scope;
import org.thalweg.training.InitialWeights;

/** As {@link GoldenArtifactsTest}, for the steps of analyses. */
class AnalysisGoldenTest {
    /** Without learning, since AdamW makes a step of full size of a gradient that is nothing but rounding. */
    private static final TransformerStudy STUDY = SmallTransformers.parse(SmallTransformers.GPT2
            .replaceFirst("methods: .*", "methods: [vanilla]") + """
            analyses: [iterations, inputs]
            analysing: {iterations: 1, inputs: [64]}
            """);

    @TempDir
    private Path directory;

    private final TransformerData data = SmallTransformers.data(STUDY);

    @Test
    void everyKindOfStepMakesWhatItsVersionMade() throws IOException {
        Engine.useThreadsPerOperation(1);
        GoldenValues golden = new GoldenValues("golden-analyses.json");
        List<Path> replicas = List.of(model("a", 2), model("b", 3));
        AnalysisGraph graph = AnalysisGraph.of(STUDY, data, TransformerGraph.of(STUDY, data));
        for (StudyGraph.Node node : graph.nodes()) {
            if (node.step() instanceof TrialStep trial) {
                golden.add(trial, "", ArtifactNumbers.of(made(trial, replicas)));
            }
        }
        // Any two rotations will do: here the second is towards another model.
        List<Path> others = List.of(replicas.getFirst(), model("c", 4));
        AnglesStep angles = new AnglesStep("verse", "x-r0", "x-r1");
        golden.add(angles, "", ArtifactNumbers.of(made(angles, List.of(replicas.get(0), replicas.get(1),
                made(align("x-r1"), replicas), made(align("x-r2"), others)))));
        golden.requireUnchanged("trial", "angles");
    }

    private static AlignStep align(String model) {
        return new AlignStep(StudyMethod.WEIGHT, STUDY.howToLearn(), "x-r0", model, 1);
    }

    private Path made(Step step, List<Path> inputs) throws IOException {
        Path output = Files.createDirectory(directory.resolve("output " + step.kind() + " " + step.label()));
        step.run(new StepContext(inputs, data, output,
                new Snapshots(directory.resolve("snapshot"), Duration.ofHours(1)),
                new StepWatch(step, StudyObserver.SILENT, new StopSignal())));
        return output;
    }

    private Path model(String name, long seed) throws IOException {
        Path model = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            var config = TrainedModel.config(data.config());
            Network network = TransformerFamily.network(config);
            Checkpoint.write(model, config, new InitialWeights(0.3, Set.of(), 0.3).draw(network, seed), Map.of());
        }
        Files.writeString(model.resolve("training.json"), "{}");
        return model;
    }
}
