package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

class DamagedAlignmentTest {
    private static final Architecture SCALED = ArchitectureSpec.parse("""
            name: scaled
            spaces:
              - {name: a, group: none}
              - {name: s, group: signed scaling, over: a}
            tensors:
              - {name: w, axes: [a], scale: [s]}
            """, "scaled.yaml")
            .bind(Map.of("w", new long[] {2}), new Conditions(Set.of(), Map.of(), Map.of()));

    @TempDir
    private Path directory;

    private static Alignment scaled(String factors) {
        return AlignmentFile.parse("{\"format\": \"thalweg-alignment/1\", \"architecture\": \"scaled\", "
                + "\"elements\": {\"s\": {\"signed_scaling\": [" + factors + "]}}}", SCALED, "a.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-310", "-1e-310", "4.9e-324", "0", "1e999"})
    void scalingsThatCannotBeUndoneAreRefused(String factor) {
        assertThatThrownBy(() -> scaled("1, " + factor))
                .isInstanceOf(WorkFailure.class)
                .message().startsWith(
                        "a.json has a bad element for the space 's': a scaling cannot have the coordinate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-307", "-1.7e308", "3"})
    void scalingsThatAreReadCanBeUndone(String factor) {
        Alignment read = scaled("1, " + factor);
        assertThat(read.inverse().inverse().architecture()).isEqualTo(SCALED);
    }

    @Test
    void directoriesAreNoAlignments() {
        for (Path place : List.of(Path.of("/"), directory)) {
            assertThatThrownBy(() -> AlignmentFile.read(place, SCALED))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage("cannot read " + place + ": it is a directory; give a file.");
        }
    }
}
