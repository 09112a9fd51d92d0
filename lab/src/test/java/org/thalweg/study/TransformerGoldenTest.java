package org.thalweg.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.network.Network;
import org.thalweg.results.PathForm;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Scope;
import org.thalweg.training.InitialWeights;

/** As {@link GoldenArtifactsTest}, for the steps of studies of Transformers. */
class TransformerGoldenTest {
    /** By descent, because AdamW makes a step of full size of a gradient that is nothing but rounding. */
    private static final TransformerStudy STUDY = SmallTransformers.parse(SmallTransformers.GPT2
            .replace("learning_rate: 0.01", "optimiser: sgd, learning_rate: 0.2")
            .replaceFirst("methods: .*", "methods: [vanilla, weight, universe]"));

    @TempDir
    private Path directory;

    private final TransformerData data = SmallTransformers.data(STUDY);

    @Test
    void everyKindOfStepMakesWhatItsVersionMade() throws IOException {
        Engine.useThreadsPerOperation(1);
        GoldenValues golden = new GoldenValues("golden-transformers.json");
        TransformerGraph graph = TransformerGraph.of(STUDY, data);
        List<Path> replicas = List.of(model("a", 2), model("b", 3));
        List<StudyGraph.Node> nodes = new ArrayList<>(graph.nodes());
        List<String> two = graph.replicas().stream().map(StudyGraph.Replica::id).toList();
        nodes.add(node(new SurfaceStep(data.name(), StudyMethod.VANILLA, two, 4)));
        nodes.add(node(new PathStep(
                data.name(), StudyMethod.VANILLA, PathForm.CIRCUITS, two.getFirst(), two.getLast(), 3)));
        for (StudyGraph.Node node : nodes) {
            Path output = Files.createDirectory(directory.resolve("output " + node.name()));
            node.step().run(new StepContext(node.step() instanceof TrainStep ? List.of() : replicas, data, output,
                    new Snapshots(directory.resolve("snapshot"), Duration.ofHours(1)),
                    new StepWatch(node.step(), StudyObserver.SILENT, new StopSignal())));
            golden.add(node.step(), "", ArtifactNumbers.of(output));
            if (node.step() instanceof AlignStep) {
                golden.add(node.step(), AlignStep.A + "/", ArtifactNumbers.of(output.resolve(AlignStep.A)));
                golden.add(node.step(), AlignStep.B + "/", ArtifactNumbers.of(output.resolve(AlignStep.B)));
            }
            if (node.step() instanceof UniverseStep step) {
                for (String replica : step.replicas()) {
                    golden.add(step, replica + "/", ArtifactNumbers.of(output.resolve(replica)));
                }
            }
        }
        golden.requireUnchanged("train", "align", "universe", "path", "mean", "surface");
    }

    private static StudyGraph.Node node(Step step) {
        return new StudyGraph.Node(step.kind() + " " + step.label(), step, List.of());
    }

    private Path model(String name, long seed) throws IOException {
        Path model = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            var config = TrainedModel.config(data.config());
            Network network = TransformerFamily.network(config);
            Checkpoint.write(model, config, new InitialWeights(0.3, Set.of(), 0.3).draw(network, seed),
                    Map.of());
        }
        Files.writeString(model.resolve("training.json"), "{}");
        return model;
    }
}
