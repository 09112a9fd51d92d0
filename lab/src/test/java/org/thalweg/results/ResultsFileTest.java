package org.thalweg.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;

class ResultsFileTest {
    @TempDir
    private Path directory;

    private final StudyResults study = MadeUpResults.study();

    @Test
    void whatIsWrittenReadsBackEqualAndWritesTheSameBytes() throws IOException {
        Path file = directory.resolve("results.json");
        ResultsFile.write(file, study);
        StudyResults read = ResultsFile.read(file);
        assertThat(read).isEqualTo(study);
        assertThat(ResultsFile.text(read)).isEqualTo(Files.readString(file));
    }

    @Test
    void equalRunsDifferInTimingOnly() {
        Timing later = new Timing("2027-01-01T00:00:00Z", "2027-01-01T00:01:00Z", 60, Map.of());
        StudyResults again = new StudyResults(study.schema(), study.study(), study.conventions(), study.environment(),
                study.configuration(), study.replicas(), study.pairs(), study.rows(), study.warnings(), later);
        String first = ResultsFile.text(study);
        String second = ResultsFile.text(again);
        assertThat(first).isNotEqualTo(second);
        assertThat(first.substring(0, first.indexOf("\"timing\"")))
                .isEqualTo(second.substring(0, second.indexOf("\"timing\"")));
    }

    @Test
    void pairsHaveTheFieldsScriptsReadInTheirOrder() throws IOException {
        JsonNode pairs = new JsonMapper().readTree(ResultsFile.text(study)).get("pairs");
        assertThat(pairs.get(0).fieldNames()).toIterable().containsExactly("dataset", "variant", "layers",
                "moe_layer", "experts", "replica_a", "replica_b", "method", "t", "loss", "accuracy", "loss_barrier",
                "loss_auc", "accuracy_barrier", "accuracy_auc", "loss_barrier_at", "excluded");
        assertThat(pairs.get(3).fieldNames()).toIterable().contains("chosen", "rank", "l_hat", "rank_accuracy",
                "l_hat_accuracy", "max_abs_logit_difference").doesNotContain("reason");
        JsonNode excluded = pairs.get(pairs.size() - 1);
        assertThat(excluded.get("excluded").asBoolean()).isTrue();
        assertThat(excluded.get("reason").asText()).contains("diverged");
        assertThat(excluded.get("loss_barrier").isNull()).isTrue();
        assertThat(excluded.get("t")).isEmpty();
    }

    @Test
    void unknownAndMissingKeysAreNamed() throws IOException {
        ObjectNode tree = tree();
        ((ObjectNode) tree.get("environment")).put("gpu", "none");
        assertRefused(tree, "unknown key 'gpu' at environment.gpu.");
        tree = tree();
        ((ObjectNode) tree.get("pairs").get(2)).put("los_barrier", 1);
        assertRefused(tree, "unknown key 'los_barrier'");
        tree = tree();
        ((ObjectNode) tree.get("environment")).remove("cores");
        assertRefused(tree, "cores");
        tree = tree();
        ((ObjectNode) tree.get("pairs").get(2)).remove("loss");
        assertRefused(tree, "loss");
    }

    @Test
    void barrierThatIsNotItsCurvesIsRefused() throws IOException {
        ObjectNode tree = tree();
        ((ArrayNode) tree.get("pairs").get(0).get("loss")).set(12, 9.5);
        assertRefused(tree, "the pair dense-2-1-4-r1, dense-2-1-4-r2 by naive states another loss_barrier than its");
    }

    @Test
    void otherSchemasAndBrokenFilesAreRefused() throws IOException {
        ObjectNode tree = tree();
        tree.put("schema", "thalweg-results/99");
        assertRefused(tree, "its schema is 'thalweg-results/99', expected 'thalweg-results/1'");
        Path torn = directory.resolve("torn.json");
        String text = ResultsFile.text(study);
        Files.writeString(torn, text.substring(0, text.length() / 2));
        assertThatThrownBy(() -> ResultsFile.read(torn)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot read results from " + torn + ": ")
                .hasMessageMatching(".*, line \\d+\\.");
        Path nested = directory.resolve("nested.json");
        Files.writeString(nested, "[".repeat(100_000));
        assertThatThrownBy(() -> ResultsFile.read(nested)).isInstanceOf(WorkFailure.class);
        assertThatThrownBy(() -> ResultsFile.read(directory.resolve("none.json"))).isInstanceOf(WorkFailure.class);
    }

    private ObjectNode tree() throws IOException {
        return (ObjectNode) new JsonMapper().readTree(ResultsFile.text(study));
    }

    private void assertRefused(JsonNode tree, String words) throws IOException {
        Path file = directory.resolve("altered.json");
        Files.writeString(file, tree.toString());
        assertThatThrownBy(() -> ResultsFile.read(file)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot read results from " + file + ": ").hasMessageContaining(words);
    }
}
