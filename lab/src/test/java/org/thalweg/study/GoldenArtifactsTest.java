package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.Snapshots;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.family.VitFamily;
import org.thalweg.group.Permutation;
import org.thalweg.matching.MoeMatcher;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.results.Method;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Holds each kind of step to its version: what it made of fixed inputs when the version was set, stands in a resource.
 * The inputs are made here, not by earlier steps, so that a change of one kind asks for no other kind's version.
 *
 * <p>To set a new version: raise {@code version()} of the step, then run this test with
 * {@code -Dthalweg.golden=write}, which rewrites the values of the kinds whose version was raised, and no others.
 */
class GoldenArtifactsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** By descent, because AdamW makes a step of full size of a gradient that is nothing but rounding. */
    private static final StudyFile STUDY = SmallStudy.file(
            "optimiser: adamw, learning_rate: 0.01", "optimiser: sgd, learning_rate: 0.05, momentum: 0.9");

    @TempDir
    private Path directory;

    private final StudyData data = SmallStudy.data(STUDY);
    private final AtomicInteger made = new AtomicInteger();

    @Test
    void everyKindOfStepMakesWhatItsVersionMade() throws IOException {
        Engine.useThreadsPerOperation(1);
        GoldenValues golden = new GoldenValues("golden-artifacts.json");
        for (Step step : steps()) {
            golden.add(step, "", ArtifactNumbers.of(run(step)));
        }
        golden.requireUnchanged("pretrain", "finetune", "match", "measure");
    }

    @Test
    void aChangedNumberPlaceOrNameIsADifference() throws IOException {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        values.put("cost", JSON.readTree("12.5"));
        values.put("order", JSON.readTree("2"));
        values.put("text", JSON.readTree("\"gate\""));
        assertThat(ArtifactNumbers.differences(values, with(values, "cost", "12.5005"))).isEmpty();
        assertThat(ArtifactNumbers.differences(values, with(values, "cost", "12.53"))).containsExactly(
                "cost is 12.53, was 12.5");
        assertThat(ArtifactNumbers.differences(values, with(values, "order", "1"))).hasSize(1);
        assertThat(ArtifactNumbers.differences(values, with(values, "text", "\"expert\""))).hasSize(1);
        assertThat(ArtifactNumbers.differences(values, with(values, "more", "1"))).containsExactly("more is new");
        assertThat(ArtifactNumbers.differences(values, Map.of())).hasSize(3);
    }

    private static Map<String, JsonNode> with(Map<String, JsonNode> values, String path, String json)
            throws IOException {
        Map<String, JsonNode> changed = new LinkedHashMap<>(values);
        changed.put(path, JSON.readTree(json));
        return changed;
    }

    /** Every backbone, and the first replica and pair of each kind of model. */
    private List<Step> steps() {
        StudyGraph graph = StudyGraph.of(STUDY, data);
        List<String> names = graph.experiments().stream()
                .flatMap(trials -> List.of(trials.replicas().getFirst().node(), trials.pairs().getFirst().match(),
                        trials.pairs().getFirst().measure()).stream())
                .toList();
        return graph.nodes().stream()
                .filter(node -> node.step() instanceof PretrainStep || names.contains(node.name()))
                .map(StudyGraph.Node::step).toList();
    }

    private Path run(Step step) throws IOException {
        Path output = Files.createDirectory(directory.resolve("output " + made.incrementAndGet()));
        List<Path> inputs = switch (step) {
            case PretrainStep pretrain -> List.of();
            case FineTuneStep finetune -> List.of(model(config(finetune).withoutExperts(), 1));
            case MatchStep match -> replicas(match.replicaA());
            case MeasureStep measure -> {
                List<Path> replicas = replicas(measure.replicaA());
                yield List.of(replicas.get(0), replicas.get(1), match(replicas.get(1)));
            }
            case ImportStep _ -> throw new IllegalArgumentException("TransferTest holds steps of kind import");
            case TrainStep _, AlignStep _, UniverseStep _, PathStep _, MeanStep _, SurfaceStep _, ReinitialiseStep _,
                    TrialStep _, AnglesStep _, SystemStep _, ConnectStep _ ->
                throw new IllegalArgumentException("another test holds steps of kind " + step.kind());
        };
        Snapshots snapshots = new Snapshots(directory.resolve("snapshot"), Duration.ofHours(1));
        step.run(new StepContext(inputs, data, output, snapshots,
                new StepWatch(step, StudyObserver.SILENT, new StopSignal())));
        snapshots.delete();
        return output;
    }

    private static VitConfig config(FineTuneStep step) {
        return ((Vit) StudyNetwork.of(TrainedModel.config(step.config())).network()).config();
    }

    /** Two models of the replica's network, which share nothing but their sizes. */
    private List<Path> replicas(String id) throws IOException {
        VitConfig config = StudyGraph.of(STUDY, data).nodes().stream()
                .filter(node -> node.step() instanceof FineTuneStep step && step.label().equals(id))
                .map(node -> config((FineTuneStep) node.step())).findFirst().orElseThrow();
        return List.of(model(config, 2), model(config, 3));
    }

    private Path model(VitConfig config, long seed) throws IOException {
        Path model = directory.resolve("model " + made.incrementAndGet());
        try (Scope scope = Scope.open()) {
            Parameters parameters = VitFamily.network(config).initialise(Random.seeded(seed));
            Checkpoint.write(model, config.toJson(), parameters, Map.of());
        }
        Files.writeString(model.resolve("training.json"), "{}");
        return model;
    }

    /** A match that gives the experts their own places by gate, and each other's by experts. */
    private Path match(Path replica) throws IOException {
        Path match = Files.createDirectory(directory.resolve("match " + made.incrementAndGet()));
        try (Scope scope = Scope.open()) {
            Vit network = (Vit) StudyNetwork.of(Checkpoint.open(replica).config()).network();
            Parameters model = TrainedModel.load(replica);
            Architecture architecture = ModelArchitecture.ofVit(network.config(), model);
            Alignment own = architecture.identity();
            Alignment other = own;
            for (String space : new MoeMatcher(architecture, model::get, model::get).expertSpaces()) {
                int experts = own.permutation(space).size();
                int[] turned = new int[experts];
                for (int place = 0; place < experts; place++) {
                    turned[place] = (place + 1) % experts;
                }
                other = other.with(space, new Permutation(turned));
            }
            AlignmentFile.write(own, MatchStep.alignment(match, Method.GATE));
            AlignmentFile.write(other, MatchStep.alignment(match, Method.EXPERT));
        }
        Files.writeString(match.resolve("match.json"), "{\"gate\": {\"max_abs_logit_difference\": 0.0},"
                + " \"expert\": {\"max_abs_logit_difference\": 0.0}}");
        return match;
    }
}
