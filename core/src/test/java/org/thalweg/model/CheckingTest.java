package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.tensor.DType;

class CheckingTest {
    @Test
    void onlyALargeModelWithoutExpertsIsCheckedOnFewerInputs() {
        assertThat(Checking.usualProbes(true, 100_000_000)).isEqualTo(64);
        assertThat(Checking.usualProbes(true, 100_000_001)).isEqualTo(16);
        // Of many experts each sees a part of the inputs.
        assertThat(Checking.usualProbes(false, 100_000_001)).isEqualTo(64);
    }

    @Test
    void aSmallModelIsCheckedAsTheDefaultsSay(@TempDir Path directory) {
        ModelDirectory model = SmallLlama.write(directory.resolve("a"), DType.FLOAT32, UnaryOperator.identity());
        assertThat(Checking.usualProbes(model)).isEqualTo(Checking.defaults().probes()).isEqualTo(64);
    }
}
