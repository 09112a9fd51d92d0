package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.learned.Sampler;
import org.thalweg.results.PathForm;
import org.thalweg.results.Setting;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Optimiser;
import org.thalweg.tensor.Schedule;
import org.thalweg.training.TrainingPlan;

class StudyGraphTest {
    private static StudyGraph graph(StudyFile study) {
        return StudyGraph.of(study, SmallStudy.data(study));
    }

    @Test
    void holdsOneBackboneForEachDepthAndEveryReplicaAndPair() {
        StudyGraph graph = graph(SmallStudy.file());
        assertThat(graph.nodes()).filteredOn(node -> node.step() instanceof PretrainStep).hasSize(2);
        assertThat(graph.nodes()).filteredOn(node -> node.step() instanceof FineTuneStep).hasSize(9);
        assertThat(graph.nodes()).filteredOn(node -> node.step() instanceof MatchStep).hasSize(9);
        assertThat(graph.nodes()).filteredOn(node -> node.step() instanceof MeasureStep).hasSize(9);
        assertThat(graph.experiments()).extracting(trials -> trials.experiment().label()).containsExactly(
                "dense-l1-m1-n2", "sparse-k2-l2-m1+2-n3", "deepseek-k2s1-l1-m1-n3");
        assertThat(graph.experiments()).allSatisfy(trials -> {
            assertThat(trials.replicas()).hasSize(3);
            assertThat(trials.pairs()).hasSize(3);
        });
    }

    @Test
    void everyNodeComesAfterThoseItNeedsAndNamesAreUnique() {
        Set<String> before = new HashSet<>();
        for (StudyGraph.Node node : graph(SmallStudy.file()).nodes()) {
            assertThat(before).containsAll(node.needs());
            assertThat(before.add(node.name())).as(node.name()).isTrue();
        }
    }

    @Test
    void labelsAreUniqueAmongStepsOfAKind() {
        StudyGraph graph = graph(SmallStudy.file("replicas: 3", "replicas: 12"));
        assertThat(graph.nodes()).extracting(node -> node.step().kind() + " " + node.step().label())
                .doesNotHaveDuplicates();
    }

    @Test
    void labelsOfDeepNetworksAreShortEnoughForFileNamesAndDiffer() {
        StudyFile deep = SmallStudy.file("layers: 2, moe_layers: all", "layers: [300, 301], moe_layers: all");
        assertThat(Experiment.of(deep)).extracting(Experiment::label).doesNotHaveDuplicates()
                .allMatch(label -> label.length() < 60);
    }

    @Test
    void replicasDifferInTheirSeedsAndSeedsFollowFromTheStudys() {
        List<Long> seeds = seeds(graph(SmallStudy.file()));
        assertThat(seeds).doesNotHaveDuplicates().isEqualTo(seeds(graph(SmallStudy.file())));
        assertThat(seeds).doesNotContainAnyElementsOf(seeds(graph(SmallStudy.file("seed: 7", "seed: 8"))));
    }

    private static List<Long> seeds(StudyGraph graph) {
        return graph.nodes().stream().<Long>mapMulti((node, seeds) -> {
            switch (node.step()) {
                case ImportStep step -> seeds.accept(step.seed());
                case PretrainStep step -> seeds.accept(step.seed());
                case FineTuneStep step -> seeds.accept(step.seed());
                case TrainStep step -> seeds.accept(step.seed());
                case AlignStep step -> seeds.accept(step.seed());
                case UniverseStep step -> seeds.accept(step.seed());
                case ReinitialiseStep step -> seeds.accept(step.seed());
                case TrialStep step -> seeds.accept(step.seed());
                case SystemStep step -> seeds.accept(step.seed());
                case MatchStep _, PathStep _, MeanStep _, SurfaceStep _, AnglesStep _, ConnectStep _ -> { }
                case MeasureStep measure -> { }
            }
        }).toList();
    }

    @Test
    void everyStepSurvivesSerialisationWithItsKey() throws Exception {
        for (StudyGraph.Node node : graph(SmallStudy.file()).nodes()) {
            Step copy = (Step) copyOf(node.step());
            assertThat(copy).isEqualTo(node.step()).isNotSameAs(node.step());
            List<Digest> inputs = List.of(Digest.ofText("data"), Digest.ofText("input"));
            assertThat(ArtifactStore.Address.of(copy, inputs)).isEqualTo(ArtifactStore.Address.of(node.step(), inputs));
        }
    }

    private static Object copyOf(Object original) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    @Test
    void aStepStatesItsContentInWordsOfItsOwn() {
        assertThat(new MatchStep("a-r0", "a-r1").content()).hasToString(
                "{\"replica_a\":\"a-r0\",\"replica_b\":\"a-r1\"}");
        Step measure = new MeasureStep(new Setting("toy", "dense", 1, "1", 2), "a-r0", "a-r1", 5, 2, 0);
        assertThat(measure.content()).hasToString(
                "{\"setting\":{\"dataset\":\"toy\",\"variant\":\"dense\",\"layers\":1,"
                + "\"moe_layer\":\"1\",\"experts\":2},\"replica_a\":\"a-r0\",\"replica_b\":\"a-r1\",\"points\":5,"
                + "\"rank_up_to\":2,\"rank_sample\":0}");
        TrainingPlan plan = new TrainingPlan(
                2, 16, new Optimiser.Method.Sgd(0.9, false, 1e-4), new Schedule(Schedule.Shape.COSINE, 0.05, 0.1));
        assertThat(new PretrainStep("l1", "{\"hidden_size\": 8}", plan, Precautions.NONE, -3).content()).hasToString(
                "{\"label\":\"l1\",\"seed\":-3,\"plan\":{\"epochs\":2,\"batch\":16,\"optimiser\":{\"method\":\"sgd\","
                        + "\"momentum\":0.9,\"nesterov\":false,\"weight_decay\":1.0E-4},"
                        + "\"schedule\":{\"shape\":\"COSINE\",\"peak\":0.05,\"warmup\":0.1}},"
                        + "\"config\":{\"hidden_size\":8}}");
    }

    @Test
    void everyFieldOfAStepIsInItsKey() throws Exception {
        List<Step> steps = new ArrayList<>();
        graph(SmallStudy.file()).nodes().forEach(node -> steps.add(node.step()));
        for (Optimiser.Method method : List.of(new Optimiser.Method.Sgd(0.9, false, 0),
                new Optimiser.Method.Adam(0.9, 0.99, 1e-8, 0), new Optimiser.Method.AdamW(0.9, 0.99, 1e-8, 0))) {
            TrainingPlan plan = new TrainingPlan(1, 2, method, new Schedule(Schedule.Shape.COSINE, 0.1, 0.2));
            steps.add(new ImportStep("d", "00", "{}", 1));
            steps.add(new PretrainStep("l1", "{}", plan, Precautions.NONE, 1));
            steps.add(new FineTuneStep("a-r0", "{}", plan, Precautions.NONE, 1));
            steps.add(new ReinitialiseStep("a-l1-r0", TransformerFamily.GPT2, 0, plan, Precautions.NONE, 1));
            steps.add(new TrainStep("a-r0", TransformerFamily.GPT2, "{}", plan, 0, 0, 1));
        }
        steps.add(new AlignStep(
                StudyMethod.LEARNED, new StudyMethod.Learning(6, 8, 0.01), "a-r0", "a-r1", 1));
        steps.add(new PathStep("toy", StudyMethod.VANILLA, PathForm.WEIGHTS, "a-r0", "a-r1", 5));
        steps.add(new UniverseStep(StudyMethod.UNIVERSE_LEARNED, new StudyMethod.Learning(6, 8, 0.01), "toy",
                List.of("a-r0", "a-r1"), 1));
        steps.add(new SurfaceStep("toy", StudyMethod.VANILLA, List.of("a-r0", "a-r1"), 5));
        steps.add(new MeanStep("toy", StudyMethod.VANILLA, List.of("a-r0", "a-r1")));
        for (Trial trial : List.of(new Trial.Passes(ResidualMatching.ORTHOGONAL, 2),
                new Trial.Inputs(StudyMethod.ACTIVATION, 8), new Trial.Learnt(
                        Trial.Origin.IDENTITY, Sampler.FIXED, new StudyMethod.Learning(6, 8, 0.01)))) {
            steps.add(new TrialStep("toy", trial, "a-r0", "a-r1", 1, 5));
        }
        steps.add(new AnglesStep("toy", "a-r0", "a-r1"));
        for (Step step : steps) {
            Set<Digest> keys = new HashSet<>();
            List<Object> others = otherThan(step);
            for (Object other : others) {
                keys.add(ArtifactStore.Address.of((Step) other, List.of()).key());
            }
            assertThat(keys).as(step.toString()).hasSameSizeAs(others)
                    .doesNotContain(ArtifactStore.Address.of(step, List.of()).key());
        }
    }

    /** Values that differ from the given one in one place, one for each place. */
    private static List<Object> otherThan(Object value) throws Exception {
        return switch (value) {
            case Record whole -> otherRecords(whole);
            case String json when json.startsWith("{") -> List.of("{\"other\": 1" + (json.equals("{}") ? "}"
                    : ", " + json.substring(1)));
            case String text -> List.of(text + "0");
            case List<?> ids -> List.of(ids.subList(1, ids.size()), ids.reversed());
            case Long number -> List.of(number + 1);
            case Integer number -> List.of(number + 1);
            case Double number -> List.of(Double.isInfinite(number) ? 1.0 : number + 0.125);
            case Boolean flag -> List.of(!flag);
            case Schedule.Shape shape -> List.of(shape == Schedule.Shape.COSINE ? Schedule.Shape.CONSTANT
                    : Schedule.Shape.COSINE);
            case TransformerFamily family -> List.of(family == TransformerFamily.VIT ? TransformerFamily.GPT2
                    : TransformerFamily.VIT);
            case StudyMethod method -> List.of(method == StudyMethod.SOFT ? StudyMethod.LEARNED : StudyMethod.SOFT);
            case ResidualMatching residual -> List.of(residual == ResidualMatching.ORTHOGONAL
                    ? ResidualMatching.PERMUTATION : ResidualMatching.ORTHOGONAL);
            case Sampler sampler -> List.of(sampler == Sampler.FIXED ? Sampler.NARROW : Sampler.FIXED);
            case Trial.Origin origin -> List.of(origin == Trial.Origin.WEIGHT ? Trial.Origin.IDENTITY
                    : Trial.Origin.WEIGHT);
            case PathForm form -> List.of(form == PathForm.WEIGHTS ? PathForm.CIRCUITS : PathForm.WEIGHTS);
            default -> throw new IllegalStateException("say how a " + value.getClass() + " can differ");
        };
    }

    private static List<Object> otherRecords(Record whole) throws Exception {
        RecordComponent[] components = whole.getClass().getRecordComponents();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] fields = new Object[components.length];
        for (int k = 0; k < fields.length; k++) {
            fields[k] = components[k].getAccessor().invoke(whole);
        }
        List<Object> others = new ArrayList<>();
        for (int k = 0; k < fields.length; k++) {
            for (Object other : otherThan(fields[k])) {
                Object[] changed = fields.clone();
                changed[k] = other;
                others.add(whole.getClass().getDeclaredConstructor(types).newInstance(changed));
            }
        }
        return others;
    }

    @Test
    void keysDependOnTheStepOnEveryInputAndOnTheirOrder() {
        Digest one = Digest.ofText("1");
        Digest two = Digest.ofText("2");
        Step step = new MatchStep("a-r0", "a-r1");
        Set<ArtifactStore.Address> addresses = new HashSet<>(List.of(
                ArtifactStore.Address.of(step, List.of(one, two)),
                ArtifactStore.Address.of(step, List.of(two, one)),
                ArtifactStore.Address.of(step, List.of(one)),
                ArtifactStore.Address.of(new MatchStep("a-r0", "a-r2"), List.of(one, two))));
        assertThat(addresses).hasSize(4);
    }
}
