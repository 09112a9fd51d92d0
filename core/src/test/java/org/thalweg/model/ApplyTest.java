package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.SmallConfigs;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.WorkObserver;

class ApplyTest {
    private static final Checking CHECKING = new Checking(OptionalDouble.empty(), 8, 0, false);

    @TempDir
    private Path directory;

    private Models models;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
    }

    private Path scrambled(ModelDirectory model, String name, Set<String> groups) {
        new Scramble(7, groups, 0).write(model, models.out(name));
        return directory.resolve(name).resolve(Scramble.ALIGNMENT);
    }

    private Apply.Done apply(boolean inverse, Path file, ModelDirectory model, String name) {
        return new Apply(inverse, CHECKING).write(file, model, models.out(name), WorkObserver.SILENT);
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    static Stream<String> families() {
        return SmallConfigs.families().stream().filter(family -> !family.equals("llama4"));
    }

    @ParameterizedTest
    @MethodSource("families")
    void whatScrambleDrewActsAgainAndIsUndoneToTheBit(String family) {
        ModelDirectory model = models.write("a", SmallConfigs.of(family), 3, parameters -> parameters);
        Path file = scrambled(model, "b", Set.of("permutation"));
        Apply.Done done = apply(false, file, model, "c");
        assertThat(done.checked().orElseThrow().written().verification().tolerance()).isEqualTo(1e-9);
        assertThat(done.spaces()).isNotEmpty().allSatisfy(space -> {
            assertThat(space.moved()).isPositive();
            assertThat(space.by()).isEqualTo("file");
        });
        assertThat(Models.same(open("b"), open("c"))).isTrue();
        assertThat(Models.same(model, open("c"))).isFalse();
        apply(true, file, open("c"), "d");
        assertThat(Models.same(model, open("d"))).isTrue();
        apply(false, directory.resolve("d").resolve(Scramble.ALIGNMENT), open("c"), "e");
        assertThat(Models.same(model, open("e"))).isTrue();
    }

    @Test
    void allGroupsAreAppliedAsScrambleDoesAndCheckedTwice() {
        ModelDirectory model = models.llama("a", 1);
        Path file = scrambled(model, "b", Set.of());
        Checking.Checked found = apply(false, file, model, "c").checked().orElseThrow();
        assertThat(Models.same(open("b"), open("c"))).isTrue();
        assertThat(found.written().verification().tolerance()).isEqualTo(1e-4);
        assertThat(found.exact().tolerance()).isEqualTo(1e-9);
        assertThat(found.exact().maxRelDifference()).isPositive()
                .isLessThan(found.written().verification().maxRelDifference());
        apply(true, file, open("c"), "d");
        assertThat(new FunctionComparison(1e-4, 8, 0).compare(model, open("d")).verified()).isTrue();
    }

    @Test
    void roundingBeyondTheToleranceIsRefused() throws IOException {
        ModelDirectory model = models.llama("a", 1, parameters -> parameters.to(DType.BFLOAT16));
        Path file = scrambled(model, "b", Set.of("all"));
        Apply strict = new Apply(false, new Checking(OptionalDouble.of(1e-7), 8, 0, false));
        assertThatThrownBy(() -> strict.write(file, model, models.out("c"), WorkObserver.SILENT))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("rounding the moved weights to their stored type changes the outputs")
                .hasMessageContaining("nothing was written");
        onlyTheseAreLeft("a", "b");
    }

    @Test
    void numbersTooLargeForTheirTypeAreNamed() throws IOException {
        ModelDirectory model = models.llama("a", 1, parameters -> parameters.to(DType.FLOAT16));
        StringBuilder factors = new StringBuilder("1e300");
        Architecture architecture = model.architecture();
        int size = architecture.space("last_gain").group().size();
        factors.append(",1".repeat(size - 1));
        Path file = Files.writeString(directory.resolve("huge.json"), "{\"format\": \"thalweg-alignment/1\", "
                + "\"architecture\": \"llama\", \"elements\": {\"last_gain\": {\"signed_scaling\": [" + factors
                + "]}}}");
        assertThatThrownBy(() -> apply(false, file, model, "c")).isInstanceOf(WorkFailure.class)
                .hasMessageMatching("the new tensor 'model\\.norm\\.weight' reaches \\S+e\\+(299|300), "
                        + "which overflows its type float16; orders and signs alone \\(permutation, "
                        + "signed-permutation\\) never make any larger; choose these, or convert the model to bfloat16 "
                        + "or float32 first\\.");
        onlyTheseAreLeft("a", "huge.json");
    }

    @Test
    void whatIsNoSymmetryIsRefusedByTheCheck() throws IOException {
        ModelDirectory model = models.llama("a", 1);
        Path spec = Files.writeString(directory.resolve("wrong.yaml"), models.freeAxes(model, Set.of()));
        ModelDirectory bound = ModelDirectory.open(model.checkpoint().directory(), Optional.of(spec));
        Path file = directory.resolve("drawn.json");
        AlignmentFile.write(bound.architecture().random(Random.seeded(7)), file);
        assertThatThrownBy(() -> scrambled(bound, "b", Set.of("permutation"))).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("the moved model is not the same function");
        assertThatThrownBy(() -> apply(false, file, bound, "c")).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("the moved model is not the same function")
                .hasMessageContaining("nothing was written");
        onlyTheseAreLeft("a", "drawn.json", "wrong.yaml");
    }

    @Test
    void aFileOfAnotherModelIsRefused() throws IOException {
        ModelDirectory model = models.llama("a", 1);
        Path file = scrambled(models.write("wide", SmallConfigs.of("llama").put("intermediate_size", 12), 1,
                parameters -> parameters), "b", Set.of());
        assertThatThrownBy(() -> apply(false, file, model, "c")).isInstanceOf(WorkFailure.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("expected one array of length 10");
        Path none = directory.resolve("none.json");
        assertThatThrownBy(() -> apply(false, none, model, "c")).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot read " + none);
        onlyTheseAreLeft("a", "wide", "b");
    }

    @Test
    void neitherModelNorFileIsDeleted() {
        ModelDirectory model = models.llama("a", 1);
        Path file = scrambled(model, "b", Set.of());
        Apply apply = new Apply(false, CHECKING);
        for (String source : Set.of("a", "b")) {
            assertThatThrownBy(() -> apply.write(
                    file, model, new Output(directory.resolve(source), true), WorkObserver.SILENT))
                    .isInstanceOf(WrongUse.class).hasMessageContaining("would delete");
        }
        assertThatThrownBy(() -> apply.write(file, model, models.out("b"), WorkObserver.SILENT))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("exists already");
    }

    @Test
    void whereItCameFromIsInTheFiles() {
        ModelDirectory model = models.llama("a", 1);
        Path file = scrambled(model, "b", Set.of("permutation"));
        apply(true, file, model, "c");
        Map<String, String> metadata = Checkpoint.open(directory.resolve("c")).metadata();
        assertThat(metadata).containsEntry("thalweg.apply", "inverse").containsEntry("format", "pt");
    }

    private void onlyTheseAreLeft(String... names) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }
}
