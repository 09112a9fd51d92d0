package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.storage.ProcessMemory;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** The resident memory of a process of its own that compares models whose layers are mostly experts. */
class ManyExpertsMemoryTest {
    private static final int EXPERTS = 64;
    private static final int RESIDUAL = 256;
    private static final int WIDTH = 1024;

    @TempDir
    private Path directory;

    /** Compares a model with itself and prints by how many bytes the most memory grew. */
    public static void main(String[] arguments) throws IOException {
        Engine.load();
        ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
        long before = ProcessMemory.peakResident().orElseThrow();
        boolean same = new FunctionComparison(1e-9, 16, 1).compare(model, model).verified();
        Files.writeString(Path.of(arguments[1]), same + " " + (ProcessMemory.peakResident().orElseThrow() - before),
                StandardCharsets.UTF_8);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void isThatOfSingleExpertsAndNotOfABlock() throws IOException, InterruptedException {
        ObjectNode config = SmallConfigs.of("mixtral").put("hidden_size", RESIDUAL).put("intermediate_size", WIDTH)
                .put("num_local_experts", EXPERTS).put("num_hidden_layers", 1);
        Path model = directory.resolve("model");
        try (Scope scope = Scope.open()) {
            Checkpoint.write(model, config,
                    SmallConfigs.decoder(config).initialise(Random.seeded(1)).to(DType.BFLOAT16), Map.of());
        }
        Path result = directory.resolve("result");
        OwnProcess.run(ManyExpertsMemoryTest.class, model, result);
        String[] found = Files.readString(result).split(" ");
        assertThat(found[0]).isEqualTo("true");
        long block = 3L * EXPERTS * RESIDUAL * WIDTH * Double.BYTES;
        assertThat(Long.parseLong(found[1])).isLessThan(block / 2);
    }
}
