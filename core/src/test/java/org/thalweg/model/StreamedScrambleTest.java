package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;

/** Tensors read, moved and written one at a time. */
class StreamedScrambleTest {
    @TempDir
    private Path directory;

    private Output out(String name) {
        return new Output(directory.resolve(name), false);
    }

    @Test
    void noiseDoesNotDependOnTheOrderOfTensors() {
        ModelDirectory whole = SmallLlama.write(directory.resolve("whole"), DType.FLOAT32, model -> model);
        ModelDirectory shards = SmallLlama.write(directory.resolve("shards"), DType.FLOAT32, model -> model,
                CheckpointOptions.defaults().with(new Sharding.UpTo(3000)));
        Scramble scramble = new Scramble(4, Set.of(), 0.1);
        double rounding = scramble.write(whole, out("a")).rounding();
        assertThat(scramble.write(shards, out("b")).rounding()).isEqualTo(rounding);
        assertThat(rounding).isPositive().isLessThan(1e-7);
        try (Scope scope = Scope.open()) {
            Parameters a = SmallLlama.load(directory.resolve("a"));
            Parameters b = SmallLlama.load(directory.resolve("b"));
            Parameters source = SmallLlama.load(directory.resolve("whole"));
            assertThat(a.names()).containsExactlyInAnyOrderElementsOf(b.names());
            a.asMap().forEach((name, tensor) -> assertThat(tensor.sameAs(b.get(name))).as(name).isTrue());
            // Tensors of one shape would have one noise if only their order or their shape seeded it.
            String up = "model.layers.0.mlp.up_proj.weight";
            String gate = "model.layers.0.mlp.gate_proj.weight";
            Scramble noiseOnly = new Scramble(4, Set.of("permutation"), 0.1);
            noiseOnly.write(whole, out("c"));
            Parameters noisy = SmallLlama.load(directory.resolve("c"));
            assertThat(noisy.get(up).norm()).isNotEqualTo(source.get(up).norm());
            assertThat(noisy.get(up).subtract(source.get(up)).norm())
                    .isNotEqualTo(noisy.get(gate).subtract(source.get(gate)).norm());
        }
    }

    @Test
    void permutationsRoundNothing() {
        ModelDirectory model = SmallLlama.write(directory.resolve("a"), DType.BFLOAT16, weights -> weights);
        Scramble.Done done = new Scramble(1, Set.of("permutation", "signed-permutation"), 0).write(model, out("b"));
        assertThat(done.rounding()).isZero();
    }

    @Test
    void numbersThatOverflowTheirTypeAreNamedAndNothingIsLeft() throws IOException {
        ModelDirectory model = SmallLlama.write(directory.resolve("a"), DType.FLOAT16, weights -> weights.mapNamed(
                (name, tensor) -> name.contains("up_proj") ? tensor.multiply(60_000 / tensor.abs().max()) : tensor));
        assertThatThrownBy(() -> new Scramble(1, Set.of("all"), 0).write(model, out("b")))
                .isInstanceOf(WorkFailure.class)
                .hasMessageMatching("the new tensor 'model\\.layers\\.\\d\\.mlp\\.up_proj\\.weight' reaches \\S+, "
                        + "which overflows its type float16; orders and signs alone \\(permutation, "
                        + "signed-permutation\\) never make any larger; choose these, or convert the model to bfloat16 "
                        + "or float32 first\\.");
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).containsExactly(directory.resolve("a"));
        }
        new Scramble(1, Set.of("permutation", "signed-permutation"), 0).write(model, out("b"));
        assertThat(new FunctionComparison(1e-9, 4, 0).compare(model, ModelDirectory.open(directory.resolve("b")))
                .verified()).isTrue();
    }
}
