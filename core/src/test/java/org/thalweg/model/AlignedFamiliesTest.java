package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
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
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * Alignment undoes scrambling through the files, in the families that are more than the language decoders, and in a
 * language decoder whose experts stand in groups.
 */
class AlignedFamiliesTest {
    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> cases() {
        return SmallModels.all().filter(
                model -> model.name().matches("(mlp|switch|gpt2-moe|llama4,|bailing_moe_v2).*"));
    }

    private ModelDirectory write(SmallModels.Small model) {
        Path place = directory.resolve("a");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(
                    place, model.config(), model.weights().apply(Random.seeded(3)).to(DType.FLOAT64), Map.of());
        }
        return ModelDirectory.open(place);
    }

    private Align.Done undo(ModelDirectory model, long seed, Set<String> groups) {
        Path moved = directory.resolve("moved" + seed);
        new Scramble(seed, groups, 0).write(model, new Output(moved, false));
        return new Align(
                        new WeightMatching(new WeightMatchSettings(
                                ExpertOrdering.BEST, ResidualMatching.AUTO, groups.isEmpty()
                                ? MatchingGauge.BALANCED : MatchingGauge.BALANCED_DISCRETE)),
                        new Checking(OptionalDouble.empty(), 8, 0, false))
                .write(model, ModelDirectory.open(moved), new Output(directory.resolve("back" + seed), false),
                        WorkObserver.SILENT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void ordersAreUndoneToTheBit(SmallModels.Small family) {
        ModelDirectory model = write(family);
        undo(model, 1, Set.of("permutation"));
        assertThat(Models.same(model, ModelDirectory.open(directory.resolve("back1")))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGroupAtOnceIsUndone(SmallModels.Small family) {
        ModelDirectory model = write(family);
        Align.Done done = undo(model, 2, Set.of());
        assertThat(done.checked().orElseThrow().verified()).isTrue();
        assertThat(done.layers()).allSatisfy(layer ->
                assertThat(layer.after()).describedAs(layer.layer()).isLessThan(1e-5 * layer.norm()));
    }
}
