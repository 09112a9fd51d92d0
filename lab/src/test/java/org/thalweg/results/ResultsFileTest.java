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
import java.util.ArrayList;
import java.util.List;
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
                study.configuration(), study.replicas(), study.pairs(), study.rows(), study.orders(),
                study.warnings(), later);
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
                "loss_auc", "accuracy_barrier", "accuracy_auc", "loss_barrier_at", "train_loss", "train_accuracy",
                "train_loss_barrier", "train_loss_auc", "train_accuracy_barrier", "train_accuracy_auc", "excluded");
        assertThat(pairs.get(3).fieldNames()).toIterable().contains("chosen", "rank", "l_hat", "rank_accuracy",
                "l_hat_accuracy", "max_abs_logit_difference").doesNotContain("reason");
        JsonNode excluded = pairs.get(pairs.size() - 1);
        assertThat(excluded.get("excluded").asBoolean()).isTrue();
        assertThat(excluded.get("reason").asText()).contains("diverged");
        assertThat(excluded.get("loss_barrier").isNull()).isTrue();
        assertThat(excluded.get("t")).isEmpty();
    }

    @Test
    void filesOfBuildsWithoutTrainingDataIntervalsAndOrdersAreRead() throws IOException {
        ObjectNode tree = tree();
        tree.remove("orders");
        ((ObjectNode) tree.get("conventions")).remove(List.of("interval", "train_split"));
        tree.get("pairs").forEach(pair -> ((ObjectNode) pair).remove(List.of("train_loss", "train_accuracy",
                "train_loss_barrier", "train_loss_auc", "train_accuracy_barrier", "train_accuracy_auc")));
        tree.get("rows").forEach(row -> {
            List<String> names = new ArrayList<>();
            row.fieldNames().forEachRemaining(names::add);
            ((ObjectNode) row).remove(names.subList(names.indexOf("best_ratio_percent") + 1, names.size()));
        });
        Path file = directory.resolve("old.json");
        Files.writeString(file, tree.toString());
        StudyResults old = ResultsFile.read(file);
        assertThat(old.orders()).isEmpty();
        assertThat(old.pairs().getFirst().measured().orElseThrow().train()).isEmpty();
        TableRow row = old.rows().getFirst();
        TableRow now = study.rows().getFirst();
        assertThat(row.bestRatioPercent()).isEqualTo(now.bestRatioPercent());
        assertThat(row.barriers().get(Method.GATE).deviation()).isEqualTo(now.barriers().get(Method.GATE).deviation());
        assertThat(row.train()).isEqualTo(SplitSummary.NONE);
    }

    @Test
    void keysOfRowsAreCheckedAsOthers() throws IOException {
        ObjectNode tree = tree();
        ((ObjectNode) tree.get("rows").get(0)).put("naive_barier_mean", 1);
        assertRefused(tree, "unknown key 'naive_barier_mean' in a row");
        tree = tree();
        ((ObjectNode) tree.get("rows").get(1)).remove("pairs");
        assertRefused(tree, "the key 'pairs' is missing in a row");
        tree = tree();
        ((ObjectNode) tree.get("rows").get(1)).put("layers", "two");
        assertRefused(tree, "the value of 'layers' in a row is not a whole number");
        tree = tree();
        ((ArrayNode) tree.get("pairs").get(0).get("train_loss")).set(12, 9.5);
        assertRefused(tree, "by naive states another train_loss_barrier than its curve has");
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
