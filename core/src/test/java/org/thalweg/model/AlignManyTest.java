package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** Several models are carried into one basin and written, each its own function still. */
class AlignManyTest {
    private static final Checking CHECKING = new Checking(OptionalDouble.empty(), 8, 0, false);

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    private static SmallModels.Small family(String name) {
        return SmallModels.all().filter(model -> model.name().equals(name)).findFirst().orElseThrow();
    }

    private ModelDirectory write(String name, SmallModels.Small family, long seed) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters weights = family.weights().apply(Random.seeded(seed)).to(DType.FLOAT64);
            Checkpoint.write(place, family.config(), weights, Map.of());
        }
        return ModelDirectory.open(place);
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    private AlignMany.Done align(List<ModelDirectory> sources, List<String> names) {
        return new AlignMany(new WeightMatching(new WeightMatchSettings(
                ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED)), 3, CHECKING, Long.MAX_VALUE)
                .write(sources, names.stream().map(models::out).toList(), WorkObserver.SILENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "mixtral"})
    void scrambledCopiesComeTogether(String family) {
        ModelDirectory first = write("first", family(family), 3);
        new Scramble(5, Set.of(), 0).write(first, models.out("second"));
        new Scramble(6, Set.of(), 0).write(first, models.out("third"));
        AlignMany.Done done = align(List.of(first, open("second"), open("third")), List.of("a", "b", "c"));
        assertThat(done.checked()).hasSize(3)
                .allSatisfy(checked -> assertThat(checked.orElseThrow().verified()).isTrue());
        assertThat(done.objectives().getLast()).isLessThan(1e-6);
    }

    @Test
    void unrelatedModelsStayTheirOwnFunctions() {
        List<ModelDirectory> sources = List.of(
                write("one", family("gpt2"), 1), write("two", family("gpt2"), 2), write("three", family("gpt2"), 3));
        AlignMany.Done done = align(sources, List.of("a", "b", "c"));
        FunctionComparison comparison = new FunctionComparison(1e-9, 8, 0);
        for (int model = 0; model < 3; model++) {
            ModelDirectory written = open(List.of("a", "b", "c").get(model));
            assertThat(written.architecture()).isEqualTo(open("a").architecture());
            assertThat(done.checked().get(model).orElseThrow().verified()).isTrue();
            assertThat(comparison.compare(sources.get(model), written).verified()).isTrue();
        }
    }

    @Test
    void oneModelThatCannotBeFoldedKeepsAllFromIt() throws IOException {
        SmallModels.Small family = family("gpt2");
        ModelDirectory first = write("one", family, 1);
        ModelDirectory second = write("two", family, 2);
        Path place = directory.resolve("three");
        try (Scope scope = Scope.open()) {
            Parameters weights = family.weights().apply(Random.seeded(3)).to(DType.FLOAT64);
            Checkpoint.write(place, family.config(), weights.mapNamed((name, tensor) ->
                    name.endsWith("ln_f.weight") ? tensor.multiply(0) : tensor), Map.of());
        }
        AlignMany.Done done = align(List.of(first, second, ModelDirectory.open(place)), List.of("a", "b", "c"));
        assertThat(done.stream().matching()).isEqualTo(ResidualMatching.PERMUTATION);
        assertThat(done.stream().forms()).isEmpty();
        assertThat(done.checked()).allSatisfy(checked -> assertThat(checked.orElseThrow().verified()).isTrue());
    }

    @Test
    void placesInsideOneAnotherAreRefusedBeforeTheWork() {
        ModelDirectory one = write("one", family("llama"), 1);
        ModelDirectory two = write("two", family("llama"), 2);
        assertThatThrownBy(() -> align(List.of(one, two), List.of("a", "a"))).isInstanceOf(WrongUse.class);
        assertThat(Files.exists(directory.resolve("a"))).isFalse();
    }
}
