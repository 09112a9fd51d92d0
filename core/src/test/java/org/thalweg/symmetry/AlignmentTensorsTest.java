package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.SafetensorsWriter;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Alignments whose large matrices stand in a file of tensors. */
class AlignmentTensorsTest {
    private static final String SPECIFICATION = """
            name: maps
            spaces:
              - {name: turned, group: orthogonal}
              - {name: mixed, group: invertible}
              - {name: small, group: orthogonal}
              - {name: ordered, group: permutation}
              - {name: centred, group: centred orthogonal}
              - {name: gains, group: positive scaling, over: ordered}
            tensors:
              - {name: a, axes: [turned, mixed]}
              - {name: b, axes: [small, ordered], scale: [gains]}
              - {name: c, axes: [centred]}
            """;

    @TempDir
    private Path directory;

    private static Architecture architecture() {
        return ArchitectureSpec.parse(SPECIFICATION, "maps.yaml").bind(
                Map.of("a", new long[] {65, 66}, "b", new long[] {64, 3}, "c", new long[] {67}),
                new Conditions(Set.of(), Map.of(), Map.of()));
    }

    private static Alignment drawn() {
        return architecture().random(Random.seeded(1));
    }

    private Path written(String change, String into) throws IOException {
        Path file = directory.resolve("alignment.json");
        AlignmentFile.write(drawn(), file);
        return Files.writeString(file, Files.readString(file).replace(change, into));
    }

    private void refuses(Path file, String... parts) {
        assertThatThrownBy(() -> AlignmentFile.read(file, architecture()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(file + " has a bad element for the space 'turned': ")
                .hasMessageContainingAll(parts);
    }

    @Test
    void largeMatricesAreReadBackBitForBit() throws IOException {
        Path file = written("", "");
        assertThat(Files.readString(file))
                .contains("\"turned\": {\"orthogonal\":{\"tensor\":\"turned\"}}")
                .contains("\"mixed\": {\"invertible\":{\"tensor\":\"mixed\"}}")
                .contains("\"small\": {\"orthogonal\":[");
        assertThat(AlignmentFile.read(file, architecture())).isEqualTo(drawn());
        try (SafetensorsFile tensors = SafetensorsFile.open(directory.resolve("alignment.safetensors"))) {
            assertThat(tensors.tensors()).containsOnlyKeys("turned", "mixed", "centred");
            assertThat(tensors.tensors().get("mixed").layout()).hasToString("F64[66, 66]");
        }
    }

    @Test
    void numbersInTheTextAreStillRead() throws IOException {
        Path file = Files.writeString(directory.resolve("old.json"), AlignmentFile.toJson(drawn()));
        assertThat(AlignmentFile.read(file, architecture())).isEqualTo(drawn());
        assertThatThrownBy(() -> AlignmentFile.parse(Files.readString(written("", "")), architecture(), "text"))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("text has a bad element for the space 'turned': it names a tensor, but this is text "
                        + "without a file of tensors.");
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        Path tensors = directory.resolve("alignment.safetensors");
        refuses(written("\"tensor\":\"turned\"", "\"tensor\":\"../other\""), tensors + " does not have the tensor");
        refuses(written("\"tensor\":\"turned\"", "\"tensor\":\"mixed\""), "is F64[66, 66], expected F64[65, 65]");
        refuses(written("\"tensor\":\"turned\"", "\"tensor\":7"), "expected one array of length 4225");
        refuses(written("\"tensor\":\"turned\"", "\"tensor\":\"turned\",\"file\":\"/etc/passwd\""),
                "expected one array");
        refuses(written("\"orthogonal\":{\"tensor\":\"turned\"", "\"invertible\":{\"tensor\":\"turned\""),
                "its group is 'orthogonal', not 'invertible'");
        Path file = written("", "");
        try (Scope scope = Scope.open()) {
            Tensor square = Random.seeded(1).normal(DType.FLOAT64, 65, 65);
            SafetensorsWriter.write(tensors, Map.of(), Parameters.of(Map.of("turned", square)));
            refuses(file, "an orthogonal map needs orthonormal columns");
            SafetensorsWriter.write(tensors, Map.of(), Parameters.of(Map.of("turned", square.multiply(Double.NaN))));
            refuses(file, "a linear map cannot have the entry NaN");
            SafetensorsWriter.write(tensors, Map.of(), Parameters.of(Map.of("turned", square.to(DType.FLOAT32))));
            refuses(file, "is F32[65, 65], expected F64[65, 65]");
        }
        Files.delete(tensors);
        refuses(file, "there is no " + tensors, "copy that file too");
        Files.writeString(tensors, "no tensors");
        assertThatThrownBy(() -> AlignmentFile.read(file, architecture()))
                .isInstanceOf(WorkFailure.class).hasMessageContaining(tensors.toString());
    }

    @Test
    void aPermutationIsNoTensor() throws IOException {
        Path file = Files.writeString(directory.resolve("a.json"), """
                {"format": "thalweg-alignment/1", "architecture": "maps",
                 "elements": {"ordered": {"orthogonal": {"tensor": "ordered"}}}}
                """);
        assertThatThrownBy(() -> AlignmentFile.read(file, architecture()))
                .hasMessageContaining("the space 'ordered': its group is 'permutation', not 'orthogonal'");
    }

    @Test
    void aPositiveScalingHasNoNegativeFactor() throws IOException {
        Path file = Files.writeString(directory.resolve("a.json"), """
                {"format": "thalweg-alignment/1", "architecture": "maps",
                 "elements": {"gains": {"positive_scaling": [1, -2, 3]}}}
                """);
        assertThatThrownBy(() -> AlignmentFile.read(file, architecture())).hasMessageContaining(
                "the space 'gains': its group 'positive scaling' does not have that element");
    }

    @Test
    void weightsAreNeverOverwritten() {
        assertThatThrownBy(() -> AlignmentFile.write(drawn(), directory.resolve("model.json")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("which is for weights");
        assertThat(directory).isEmptyDirectory();
    }
}
