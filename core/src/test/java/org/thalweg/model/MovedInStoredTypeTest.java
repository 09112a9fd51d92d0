package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Orders, signs and powers of two in the stored type, against the same in float64. */
class MovedInStoredTypeTest {
    @TempDir
    private Path directory;

    static Stream<SmallModels.Small> cases() {
        return SmallModels.all();
    }

    private static Alignment exact(ModelDirectory model, int seed) {
        List<String> spaces = model.architecture().spaces().values().stream()
                .filter(space -> ExactStorage.KINDS.contains(space.group().kind().family()))
                .map(space -> space.name())
                .toList();
        return ExactStorage.rounded(model.architecture().random(Random.seeded(seed), spaces), model);
    }

    /** How many tensors are moved in their own type; all have the bytes that the way through float64 gives. */
    private static int movedInTheirType(ModelDirectory model, Alignment alignment) {
        int own = 0;
        try (CheckpointReader reader = model.reader()) {
            MovedModel moved = new MovedModel(model, reader, alignment);
            StoredTensors wide = new StoredTensors(model.tensors(), moved::exact, "choose others");
            for (String name : model.tensors().keySet()) {
                try (Scope scope = Scope.open()) {
                    assertThat(moved.stored(name).contiguousBytes().toArray(ValueLayout.JAVA_BYTE))
                            .describedAs(name)
                            .isEqualTo(wide.stored(name).contiguousBytes().toArray(ValueLayout.JAVA_BYTE));
                    own += alignment.exponents(name).isPresent() ? 1 : 0;
                }
            }
            assertThat(moved.rounding()).isEqualTo(wide.rounding());
        }
        return own;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBytesAreThoseOfTheWayThroughFloat64(SmallModels.Small family) {
        for (DType type : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32)) {
            Path place = directory.resolve("a" + type);
            try (Scope scope = Scope.open()) {
                Checkpoint.write(place, family.config(), family.weights().apply(Random.seeded(3)).to(type), Map.of());
            }
            ModelDirectory model = ModelDirectory.open(place);
            assertThat(movedInTheirType(model, exact(model, 1))).isEqualTo(model.tensors().size());
            // With all groups some tensors are rounded; then both ways are the same one.
            movedInTheirType(model, model.architecture().random(Random.seeded(2),
                    List.copyOf(model.architecture().spaces().keySet())));
        }
    }

    @Test
    void numbersThatLoseDigitsAreRoundedAndMeasuredAsBefore() {
        ModelDirectory model = SmallLlama.write(directory.resolve("a"), DType.BFLOAT16, weights ->
                Parameters.of(Map.copyOf(weights.asMap())).mapNamed((name, tensor) ->
                        name.contains("up_proj") ? tensor.multiply(Math.scalb(1.0, -130)) : tensor));
        Alignment alignment = exact(model, 1);
        try (CheckpointReader reader = model.reader(); Scope scope = Scope.open()) {
            MovedModel moved = new MovedModel(model, reader, alignment);
            for (String name : model.tensors().keySet()) {
                Tensor stored = moved.stored(name);
                assertThat(stored.isFinite()).isTrue();
            }
            assertThat(moved.rounding()).isPositive();
        }
        assertThat(movedInTheirType(model, alignment)).isPositive();
    }
}
