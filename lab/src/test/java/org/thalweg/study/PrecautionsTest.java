package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.results.ReplicaOutcome;
import org.thalweg.results.StudyResults;
import org.thalweg.tensor.Engine;

class PrecautionsTest {
    private static final String FINETUNE = "finetune: {epochs: 2, batch: 16, optimiser: sgd, learning_rate: 0.05, "
            + "momentum: 0.9";
    private static final String CAREFUL = FINETUNE
            + ", held_out: 0.25, patience: 1, look_every: 1, crop: 1, flip: true, jitter: 0.1, copies: 2, clip: 0.5";

    @TempDir
    private Path directory;

    @BeforeAll
    static void useOneThread() {
        Engine.useThreadsPerOperation(1);
    }

    @Test
    void expertsAreTrainedWithEarlyStoppingAndChangedImagesWhereTheFileSaysSo() throws IOException {
        StudyFile careful = SmallStudy.file(FINETUNE, CAREFUL);
        SmallStudy.Log log = new SmallStudy.Log();
        StudyResults results = SmallStudy.run(careful, directory.resolve("careful"), 2, log);
        assertThat(log.left()).isZero();
        assertThat(results.replicas()).hasSize(9)
                .allMatch(replica -> replica.outcome() instanceof ReplicaOutcome.Trained);
        assertThat(notes("careful", "finetune")).hasSize(9).allSatisfy(notes -> {
            assertThat(notes.path("held_out_loss").asDouble()).isPositive();
            // 24 of 32 images in batches of 16 make two steps an epoch.
            assertThat(notes.path("best_step").asInt()).isBetween(1, 4);
        });
        assertThat(notes("careful", "pretrain")).hasSize(2).noneMatch(notes -> notes.has("held_out_loss"));
        assertThat(StudyReader.read(directory.resolve("careful/study.yaml").toString())).isEqualTo(careful);
    }

    @Test
    void backbonesStayAsTheyAreWhereOnlyTheFineTuningChanges() {
        List<String> plain = keys(SmallStudy.file());
        List<String> careful = keys(SmallStudy.file(FINETUNE, CAREFUL));
        assertThat(careful).hasSameSizeAs(plain);
        for (int node = 0; node < plain.size(); node++) {
            assertThat(careful.get(node).equals(plain.get(node)))
                    .isEqualTo(!plain.get(node).startsWith("finetune"));
        }
    }

    /** Kind and key of every step, as if its inputs were none. */
    private static List<String> keys(StudyFile study) {
        return StudyGraph.of(study, SmallStudy.data(study)).nodes().stream()
                .map(node -> ArtifactStore.Address.of(node.step(), List.of()))
                .map(address -> address.kind() + " " + address.key().hex()).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            patience: 1 | finetune.patience is alone, expected finetune.held_out beside it, the share of training images
            look_every: 5, held_out: 0.1 | look_every is alone, expected patience beside it.
            copies: 2 | copies is alone, expected crop, flip or jitter beside it.
            copies: 0, flip: true | copies is 0, expected 1 to 10000.
            held_out: 1 | held_out is 1.0, expected a share in (0, 1).
            clip: 0 | clip is 0.0, expected a positive number.
            jitter: 1 | jitter is 1.0, expected a number in [0, 1).
            crop: -1 | crop is -1, expected 0 to 1024.
            """)
    void aMistakeIsToldInOneSentence(String keys, String told) {
        assertThatThrownBy(() -> SmallStudy.file(FINETUNE, FINETUNE + ", " + keys)).isInstanceOf(WrongUse.class)
                .hasMessageContaining(told);
    }

    private List<JsonNode> notes(String run, String kind) throws IOException {
        try (Stream<Path> artifacts = Files.list(directory.resolve(run).resolve("artifacts").resolve(kind))) {
            ObjectMapper json = new ObjectMapper();
            return artifacts.map(artifact -> {
                try {
                    return json.readTree(artifact.resolve("training.json").toFile());
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            }).toList();
        }
    }
}
