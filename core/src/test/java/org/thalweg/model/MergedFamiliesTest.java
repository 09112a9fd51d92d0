package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * In every family the mean of a model and a copy whose units, heads and experts stand in another order is the model.
 */
class MergedFamiliesTest {
    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> families() {
        return SmallModels.all();
    }

    private static Set<String> orders(ModelDirectory model) {
        return model.architecture().spaces().values().stream()
                .filter(space -> space.group().size() > 1)
                .map(space -> space.group().kind().family())
                .filter(ExactStorage.ORDERS::contains).collect(Collectors.toSet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void theAlignedMeanWithAReorderedCopyIsTheModel(SmallModels.Small family) {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        Path out = directory.resolve("out");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(a, family.config(), family.weights().apply(Random.seeded(1)), Map.of());
        }
        new Scramble(4, orders(ModelDirectory.open(a)), 0).write(ModelDirectory.open(a), new Output(b, false));
        Merge merge = new Merge(
                MergeConfiguration.of("linear", List.of("a", "b"), Optional.empty(), List.of("1", "1"), Map.of()),
                new Merge.Settings(
                        Optional.of(new Merge.Alignment(
                                _ -> new WeightMatching(new WeightMatchSettings(
                                        ExpertOrdering.BEST, ResidualMatching.AUTO,
                                        MatchingGauge.BALANCED_DISCRETE)),
                                _ -> new Checking(OptionalDouble.empty(), 4, 0, false), true)),
                        Merge.Measuring.NONE, VocabularyRule.EQUAL, Optional.empty(), 0, false,
                        MemoryPlan.ofMachine()));

        Merge.Done done = merge.write(Map.of("a", a, "b", b), new Output(out, false), WorkObserver.SILENT);

        assertThat(done.verified()).isTrue();
        Checkpoint merged = Checkpoint.open(out);
        assertThat(merged.tensors()).isEqualTo(Checkpoint.open(a).tensors());
        assertThat(merged.config()).isEqualTo(Checkpoint.open(a).config());
        try (Scope scope = Scope.open()) {
            Parameters expected = Checkpoint.open(a).load();
            Parameters found = merged.load();
            for (String name : expected.names()) {
                double largest = expected.get(name).to(DType.FLOAT64).abs().max();
                assertThat(found.get(name).to(DType.FLOAT64).subtract(expected.get(name).to(DType.FLOAT64))
                        .abs().max()).as(name).isLessThanOrEqualTo(1e-6 * largest);
            }
        }
    }
}
