package org.thalweg.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.results.MadeUpResults;
import org.thalweg.results.Method;
import org.thalweg.results.Setting;
import org.thalweg.results.StudyResults;

class SideBySideTest {
    private static StudyResults study(String dataset, String variant, int layers, int moeLayer) {
        return MadeUpResults.of(new Setting(dataset, variant, layers, Integer.toString(moeLayer), 4));
    }

    @ParameterizedTest
    @CsvSource({"table-5,73", "table-6,18", "table-7-8,48", "table-9-10-11,108"})
    void everyPublishedRowIsThereWithoutARun(String name, int rows) {
        SideBySide table = SideBySide.of(name, List.of());
        assertThat(table.lines().stream().filter(line -> line.startsWith("| "))
                .filter(line -> line.matches("\\| (moe|smoe|deepseek).*"))).hasSize(rows);
    }

    @Test
    void ourRowStandsInThePapersRowOfTheSameModel() {
        List<String> lines = SideBySide.of("table-9-10-11", List.of(study("cifar10", "dense", 2, 1))).lines();
        String line = lines.stream().filter(text -> text.startsWith("| moe | 2 | 1 | 1 of 2 | 3 | 3.14 ± 0.55 |"))
                .findFirst().orElseThrow();
        OurRow ours = OurRow.of(study("cifar10", "dense", 2, 1)).getFirst();
        double matched = 100 * ours.numbers().get("wm_barrier").mean().orElseThrow();
        assertThat(line).contains(String.format(Locale.ROOT, "3.14 ± 0.55 | %.2f ±", matched));
        assertThat(lines).noneMatch(text -> text.startsWith("| dense"));
    }

    @Test
    void aSettingThatThePaperDoesNotHaveStandsBelow() {
        List<String> lines = SideBySide.of("table-9-10-11", List.of(study("cifar10", "dense", 3, 2))).lines();
        assertThat(lines).filteredOn(text -> text.startsWith("| dense | 3 | 2 | 2 of 3 | 3 |")).hasSize(3);
    }

    @Test
    void csvHasThePublishedColumnsTheRatioAndThePairs() {
        StudyResults results = study("cifar10", "sparse(k=2)", 2, 2);
        List<String> csv = SideBySide.of("table-9-10-11", List.of(results)).csv().lines().toList();
        assertThat(csv).hasSize(2);
        assertThat(csv.getFirst()).isEqualTo("variant,layers,moe_layer,wm_barrier_mean,wm_barrier_sd,"
                + "naive_barrier_mean,naive_barrier_sd,wm_auc_mean,wm_auc_sd,naive_auc_mean,naive_auc_sd,loss_mean,"
                + "loss_sd,ratio_percent_mean,ratio_percent_sd,pairs");
        String[] cells = csv.getLast().split(",");
        assertThat(cells).startsWith("smoe", "2", "2").endsWith("3").hasSize(16);
        double ratio = results.rows().getFirst().bestRatioPercent().orElseThrow();
        assertThat(Double.parseDouble(cells[13])).isCloseTo(ratio, within(1e-9));
        assertThat(Double.parseDouble(cells[5])).isCloseTo(100 * results.rows().getFirst().barriers()
                .get(Method.NAIVE).mean().orElseThrow(), within(1e-9));
    }

    @Test
    void ranksOfShallowerNetworksStandInTheRowsOfTheNearestDepth() {
        List<StudyResults> four = List.of(study("cifar10", "dense", 4, 1), study("cifar10", "dense", 4, 2),
                study("cifar10", "dense", 4, 3), study("cifar10", "dense", 4, 4));
        List<String> lines = SideBySide.of("table-7-8", four).lines();
        assertThat(lines).filteredOn(line -> line.startsWith("| moe | CIFAR-10 | ")).hasSize(8)
                .anyMatch(line -> line.startsWith("| moe | CIFAR-10 | 1 | 1 of 4 | 3 | 2.50 ± 1.50 |"))
                .anyMatch(line -> line.startsWith("| moe | CIFAR-10 | 4 | 2 of 4 | 3 | 2.10 ± 0.50 |"))
                .anyMatch(line -> line.startsWith("| moe | CIFAR-10 | 8 | 3 of 4 | 3 | 2.70 ± 0.46 |"))
                .anyMatch(line -> line.startsWith("| moe | CIFAR-10 | 12 | 4 of 4 | 3 | 4.60 ± 2.00 |"));
    }

    @Test
    void configurationsAreToldApartByDepthAndExperts() {
        List<String> lines = SideBySide.of("table-5",
                List.of(study("mnist", "dense", 1, 1), study("mnist", "dense", 2, 1))).lines();
        assertThat(lines).anyMatch(line -> line.startsWith("| moe | MNIST | 1 | 4 | 1 of 1 | 3 |"))
                .anyMatch(line -> line.startsWith("| moe | MNIST | 2 | 4 | 1 of 2 | 3 |"))
                .anyMatch(line -> line.startsWith("| moe | MNIST | 2 | 2 |  |  |"));
    }

    @Test
    void theDocumentHasIntervalsAndTrainingData() {
        Map<String, Object> document =
                SideBySide.of("table-9-10-11", List.of(study("cifar10", "dense", 2, 1))).document();
        assertThat(document.toString()).contains("ours_training={mean=", "low=", "high=", "paper={mean=3.14, sd=0.55}");
    }

    @Test
    void anUnknownTableIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> SideBySide.of("table-78", List.of())).isInstanceOf(WrongUse.class)
                .hasMessageContaining("the nearest is 'table-7-8'");
    }
}
