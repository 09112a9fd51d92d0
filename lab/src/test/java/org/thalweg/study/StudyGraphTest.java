package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.thalweg.storage.Digest;

class StudyGraphTest {
    private static StudyGraph graph(StudyFile study) {
        return StudyGraph.of(study, SmallStudy.data(study).train().images());
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
                case PretrainStep step -> seeds.accept(step.seed());
                case FineTuneStep step -> seeds.accept(step.seed());
                case MatchStep match -> { }
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
