package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.equivalence.Verification;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Every family whose specification and network are both built in, through the files. */
class ScrambledFamiliesTest {
    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> cases() {
        return SmallModels.all();
    }

    private ModelDirectory write(SmallModels.Small model, DType type, String name) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(place, model.config(), model.weights().apply(Random.seeded(3)).to(type), Map.of());
        }
        return ModelDirectory.open(place);
    }

    private static Verification compare(ModelDirectory one, ModelDirectory other) {
        return new FunctionComparison(FunctionComparison.usualTolerance(one, other), 16, 1).compare(one, other);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGroupOfEveryFamilyKeepsTheFunction(SmallModels.Small family) {
        for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
            ModelDirectory model = write(family, type, "a" + type);
            for (int seed = 0; seed < 3; seed++) {
                Path out = directory.resolve("b" + type + seed);
                Scramble.Done done = new Scramble(seed, Set.of(), 0).write(model, new Output(out, false));
                ModelDirectory moved = ModelDirectory.open(out);
                Verification found = compare(model, moved);
                assertThat(found.verified()).describedAs(family + " " + type + ": " + found).isTrue();
                assertThat(found.tolerance()).isEqualTo(type == DType.FLOAT64 ? 1e-9 : 1e-4);
                assertThat(done.alignment().elements()).isNotEmpty();
                assertThat(moved.checkpoint().tensors()).isEqualTo(model.checkpoint().tensors());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theFileBesideTheWeightsIsTheElementThatActed(SmallModels.Small family) {
        ModelDirectory model = write(family, DType.FLOAT64, "a");
        Path out = directory.resolve("b");
        new Scramble(5, Set.of(), 0).write(model, new Output(out, false));
        Alignment read = AlignmentFile.read(out.resolve(Scramble.ALIGNMENT), model.architecture());
        try (Scope scope = Scope.open()) {
            Parameters expected = read.apply(model.load());
            Parameters found = ModelDirectory.open(out).load();
            expected.asMap().forEach((name, tensor) ->
                    assertThat(found.get(name).sameAs(tensor)).describedAs(name).isTrue());
        }
    }

    /**
     * The first two coordinates of every head exchanged in queries and keys alike, a symmetry but for rotary
     * positions; where there are no rotary keys of their own, two rows of one map without what reads them, or of a gate
     * without its experts.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void anExchangeThatIsNoSymmetryIsRefused(SmallModels.Small family) {
        ModelDirectory model = write(family, DType.FLOAT64, "a");
        Path out = directory.resolve("b");
        boolean rotary = model.architecture().tensors().keySet().stream().anyMatch(name -> name.contains(".k_proj."));
        List<String> names = rotary
                ? List.of(".*layers\\.1\\.self_attn\\.[qk]_proj\\.(weight|bias)")
                : List.of(".*\\.1\\.moe\\.gate\\.weight", ".*h\\.1\\.attn\\.c_proj\\.weight",
                        ".*layers\\.1\\.self_attn\\.kv_a_proj_with_mqa\\.weight",
                        ".*layer\\.1\\.attention\\.(self|attention)\\.key\\.weight",
                        ".*layers\\.1\\.attention\\.query_key_value\\.weight",
                        "decoder\\.block\\.1\\.layer\\.1\\.EncDecAttention\\.k\\.weight", "fc\\.0\\.weight");
        String changed = names.stream().filter(pattern -> model.architecture().tensors().keySet().stream()
                .anyMatch(name -> name.matches(pattern))).findFirst().orElseThrow();
        try (Scope scope = Scope.open()) {
            Parameters parameters = model.checkpoint().load();
            long rows = parameters.asMap().entrySet().stream()
                    .filter(entry -> entry.getKey().matches(changed) && !entry.getKey().contains("q_proj"))
                    .mapToLong(entry -> entry.getValue().length(0)).findFirst().orElseThrow();
            int heads = rotary ? model.checkpoint().config().findValue("num_key_value_heads").intValue() : 1;
            int width = (int) rows / heads;
            Checkpoint.write(out, model.checkpoint().config(), parameters.mapNamed((name, tensor) ->
                    name.matches(changed) ? exchanged(tensor, width, rotary ? 0 : width - 2) : tensor), Map.of());
        }
        assertThat(compare(model, ModelDirectory.open(out)).verified()).isFalse();
    }

    /** Two rows of every block of {@code width} rows change places, the first of which is number {@code first}. */
    private static Tensor exchanged(Tensor tensor, int width, int first) {
        int[] order = IntStream.range(0, (int) tensor.length(0))
                .map(row -> row % width == first ? row + 1 : row % width == first + 1 ? row - 1 : row)
                .toArray();
        return tensor.indexSelect(0, Tensor.indices(order));
    }
}
