package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.training.ToyImages;

class StudyPlanTest {
    @TempDir
    private static Path root;

    private static Path whole;

    @BeforeAll
    static void run() {
        whole = root.resolve("whole");
        SmallStudy.run(SmallStudy.file(), whole, 2, StudyObserver.SILENT);
    }

    private static StudyPlan plan(StudyFile study, Path run) {
        StudyData data = SmallStudy.data(study);
        return StudyPlan.of(StudyGraph.of(study, data.train().images()).nodes(), data,
                new ArtifactStore(run.resolve("artifacts")), 1);
    }

    private static StudyPlan.Line line(StudyPlan plan, String kind) {
        return plan.lines().stream().filter(line -> line.kind().equals(kind)).findFirst().orElseThrow();
    }

    @Test
    void beforeARunAllIsToDoAndTimedOnThisMachine() {
        StudyPlan plan = plan(SmallStudy.file(), root.resolve("nothing"));
        assertThat(plan.lines()).extracting(StudyPlan.Line::kind)
                .containsExactly("pretrain", "finetune", "match", "measure");
        assertThat(plan.lines()).extracting(StudyPlan.Line::steps).containsExactly(2, 9, 9, 9);
        assertThat(plan.lines()).allSatisfy(line -> {
            assertThat(line.there()).isZero();
            assertThat(line.basis()).isEqualTo(StudyPlan.Basis.TIMED);
            assertThat(line.seconds()).isPositive().isFinite();
            assertThat(line.bytes()).isPositive();
        });
        assertThat(root.resolve("nothing")).doesNotExist();
    }

    @Test
    void afterARunNothingIsLeft() throws IOException {
        Set<String> before = files(whole);
        StudyPlan plan = plan(SmallStudy.file(), whole);
        assertThat(plan.lines()).allSatisfy(line -> assertThat(line.there()).isEqualTo(line.steps()));
        assertThat(plan.seconds()).isZero();
        assertThat(plan.bytes()).isZero();
        assertThat(files(whole)).isEqualTo(before);
    }

    @Test
    void whatWasDoneMeasuresWhatIsLeft() {
        StudyPlan plan = plan(SmallStudy.file("replicas: 3", "replicas: 4"), whole);
        assertThat(line(plan, "pretrain")).satisfies(line -> assertThat(line.there()).isEqualTo(2));
        StudyPlan.Line finetune = line(plan, "finetune");
        assertThat(finetune.steps() - finetune.there()).isEqualTo(3);
        assertThat(finetune.basis()).isEqualTo(StudyPlan.Basis.MEASURED);
        assertThat(finetune.seconds()).isPositive();
        assertThat(line(plan, "measure").there()).isEqualTo(9);
    }

    @Test
    void aChangedTrainingIsToDoWithAllThatNeedsIt() {
        StudyPlan plan = plan(SmallStudy.file("learning_rate: 0.05", "learning_rate: 0.06"), whole);
        assertThat(line(plan, "pretrain").there()).isEqualTo(2);
        assertThat(line(plan, "finetune").there()).isZero();
        assertThat(line(plan, "match").there()).isZero();
        assertThat(line(plan, "measure").there()).isZero();
    }

    @Test
    void anArtifactThatLacksAFileIsNotThere() throws IOException {
        Path run = root.resolve("torn");
        SmallStudy.run(SmallStudy.file(), run, 2, StudyObserver.SILENT);
        try (Stream<Path> models = Files.list(run.resolve("artifacts/pretrain"))) {
            Files.delete(models.findFirst().orElseThrow().resolve("model.safetensors"));
        }
        assertThat(line(plan(SmallStudy.file(), run), "pretrain").there()).isEqualTo(1);
        DurableDirectory.deleteRecursively(run);
    }

    @Test
    void workCountsChosenExpertsAndTheClassTokenOfTheLastLayer() {
        NetworkWork dense = work(4, new Gating.Dense());
        NetworkWork sparse = work(4, new Gating.Sparse(2));
        int first = dense.experts();
        assertThat(first).isEqualTo(2);
        double experts = 4 * 2.0 * 8 * 16 * 5;
        double router = 4.0 * 8 * 5;
        assertThat(dense.stages()[first]).isEqualTo(experts + router);
        assertThat(sparse.stages()[first]).isEqualTo(experts / 2 + router);
        assertThat(dense.stages()[4]).isEqualTo(2.0 * 8 * 16);
        assertThat(dense.from(0)).isGreaterThan(dense.from(first));
        assertThat(sparse.parameters()).isEqualTo(dense.parameters());
    }

    private static NetworkWork work(int experts, Gating gating) {
        VitConfig config = ToyImages.network(2).withExperts(new VitConfig.MoeLayers(
                List.of(0), new MoeConfig(experts, gating, List.of(16), UnitFunction.GELU)));
        var json = config.toJson();
        return NetworkWork.of(TransformerFamily.network(json), json);
    }

    private static Set<String> files(Path run) throws IOException {
        try (Stream<Path> paths = Files.walk(run)) {
            return paths.map(path -> run.relativize(path).toString()).collect(Collectors.toSet());
        }
    }
}
