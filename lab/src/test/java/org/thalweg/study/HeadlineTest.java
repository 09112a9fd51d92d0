package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.results.Method;
import org.thalweg.results.PairResult;
import org.thalweg.results.StudyResults;

/** What the project claims, on a study of seconds: between trained models, matching lowers the barrier. */
class HeadlineTest {
    private static final String YAML = """
            study: headline
            dataset: toy
            seed: 7
            replicas: 3
            points: 11
            train_per_class: 10
            test_per_class: 10
            vit: {patch: 4, residual: 16, heads: 2, feed_forward: 32}
            pretrain: {epochs: 20, batch: 16, optimiser: adamw, learning_rate: 0.01}
            finetune: {epochs: 30, batch: 16, optimiser: adamw, learning_rate: 0.05}
            experiments:
              - {layers: 1, moe_layers: first, gating: dense, experts: 4}
              - {layers: 1, moe_layers: first, gating: sparse, selected: 2, experts: 4}
            """;

    @TempDir
    private Path directory;

    @Test
    void theMatchedBarrierIsBelowHalfTheNaiveOne() {
        StudyFile study = (StudyFile) StudyReader.parse(YAML, "headline.yaml");
        StudyResults results = SmallStudy.run(study, directory, 2, StudyObserver.SILENT);
        Map<String, List<PairResult>> byGate = results.pairs().stream()
                .collect(Collectors.groupingBy(pair -> pair.setting().variant()));
        assertThat(byGate).hasSize(2);
        byGate.forEach((gate, pairs) -> {
            double naive = mean(pairs, Method.NAIVE);
            // Of a loss near 0.6; a study without a barrier would show nothing.
            assertThat(naive).as(gate).isGreaterThan(0.02);
            assertThat(mean(pairs, Method.BEST)).as(gate).isLessThan(naive / 2);
            assertThat(mean(pairs, Method.EXPERT)).as(gate).isLessThan(naive);
        });
    }

    private static double mean(List<PairResult> pairs, Method method) {
        return pairs.stream().filter(pair -> pair.method() == method)
                .mapToDouble(pair -> pair.measured().orElseThrow().lossBarrier().height())
                .average().orElseThrow();
    }
}
