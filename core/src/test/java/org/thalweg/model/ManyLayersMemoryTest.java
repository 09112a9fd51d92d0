package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.storage.ProcessMemory;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** The resident memory of processes of their own that bring models of few and of many layers into canonical form. */
class ManyLayersMemoryTest {
    private static final int FEW = 2;
    private static final int MANY = 34;
    private static final int RESIDUAL = 256;
    private static final int WIDTH = 1536;

    @TempDir
    private Path directory;

    /** Writes the canonical form of a model beside it, and the most memory that this process had, in bytes. */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        new Canonical(Set.of()).write(ModelDirectory.open(model),
                new Output(model.resolveSibling(model.getFileName() + "-canonical"), false), WorkObserver.SILENT);
        Files.writeString(Path.of(arguments[1]),
                Long.toString(ProcessMemory.peakResident().orElseThrow()), StandardCharsets.UTF_8);
    }

    private long memory(int layers) throws IOException, InterruptedException {
        ObjectNode config = SmallConfigs.of("llama").put("hidden_size", RESIDUAL).put("intermediate_size", WIDTH)
                .put("num_hidden_layers", layers);
        Path model = directory.resolve("model" + layers);
        try (Scope scope = Scope.open()) {
            Checkpoint.write(model, config,
                    SmallConfigs.decoder(config).initialise(Random.seeded(1)).to(DType.BFLOAT16), Map.of());
        }
        Path result = directory.resolve("result" + layers);
        OwnProcess.run(ManyLayersMemoryTest.class, model, result);
        return Long.parseLong(Files.readString(result));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void doesNotGrowWithTheLayers() throws IOException, InterruptedException {
        long few = memory(FEW);
        long many = memory(MANY);
        // Feed-forward networks alone; what holds the model once in float64 needs more.
        long layers = 3L * (MANY - FEW) * RESIDUAL * WIDTH * Double.BYTES;
        assertThat(many - few).isLessThan(layers / 4);
    }
}
