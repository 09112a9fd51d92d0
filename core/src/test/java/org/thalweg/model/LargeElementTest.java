package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.checkpoint.ShardIndex;
import org.thalweg.checkpoint.Sharding;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** A model beside whose weights the element's large matrices stand. */
class LargeElementTest {
    private static final String SPECIFICATION = """
            name: wide
            spaces:
              - {name: residual, group: orthogonal}
              - {name: outputs, group: none}
            tensors:
              - {name: weight, axes: [outputs, residual]}
              - {name: bias, axes: [outputs]}
            """;

    @TempDir
    private Path directory;

    private ModelDirectory write(String name, CheckpointOptions options) throws IOException {
        Path specification = Files.writeString(directory.resolve("wide.yaml"), SPECIFICATION);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Parameters weights = Parameters.of(Map.of("weight", random.normal(DType.FLOAT64, 3, 70),
                    "bias", random.normal(DType.FLOAT64, 3)));
            CheckpointContent content =
                    CheckpointContent.of(JsonNodeFactory.instance.objectNode(), weights, Map.of());
            CheckpointWriter.write(directory.resolve(name), content, options);
        }
        return ModelDirectory.open(directory.resolve(name), Optional.of(specification));
    }

    /** No network computes with these tensors. */
    private static Scramble.Done scramble(long seed, ModelDirectory model, Path out) {
        return new Scramble(seed, Set.of(), 0).write(model, new Output(out, false),
                new Checking(OptionalDouble.empty(), 1, 0, true), WorkObserver.SILENT);
    }

    @Test
    void theElementStandsInTwoFilesWhichNeitherLoadersNorCopiesMistakeForWeights() throws IOException {
        ModelDirectory model = write("a", CheckpointOptions.defaults());
        Path b = directory.resolve("b");
        Scramble.Done done = scramble(1, model, b);
        assertThat(Files.exists(b.resolve("alignment.safetensors"))).isTrue();
        Checkpoint moved = Checkpoint.open(b);
        assertThat(moved.tensors()).containsOnlyKeys("weight", "bias");
        assertThat(AlignmentFile.read(b.resolve(Scramble.ALIGNMENT), model.architecture()))
                .isEqualTo(done.alignment());
        ModelDirectory again = ModelDirectory.open(b, Optional.of(directory.resolve("wide.yaml")));
        Path c = directory.resolve("c");
        assertThat(moved.companions().files()).isEmpty();
        scramble(2, again, c);
        try (Scope scope = Scope.open()) {
            Parameters expected = AlignmentFile.read(c.resolve(Scramble.ALIGNMENT), model.architecture())
                    .apply(moved.load());
            assertThat(Checkpoint.open(c).load().get("weight").sameAs(expected.get("weight"))).isTrue();
        }
    }

    @Test
    void aShardOfThatNameIsNotOverwritten() throws IOException {
        ShardIndex index = new ShardIndex(Map.of("weight", "alignment.safetensors", "bias", "b.safetensors"));
        ModelDirectory model = write("a", CheckpointOptions.defaults().with(new Sharding.As(index)));
        assertThatThrownBy(() ->
                scramble(1, model, directory.resolve("b")))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("the checkpoint has a file 'alignment.safetensors' of its own, and one of that name is to "
                        + "be written beside it; rename the shard in the source.");
        assertThat(directory.resolve("b")).doesNotExist();
    }
}
