package org.thalweg.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.CheckpointContent;
import org.thalweg.checkpoint.CheckpointOptions;
import org.thalweg.checkpoint.CheckpointWriter;
import org.thalweg.family.SmallConfigs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** A random Llama of a few thousand weights on disk. */
final class SmallLlama {
    private SmallLlama() {}

    static ModelDirectory write(Path place, DType type, UnaryOperator<Parameters> change) {
        return write(place, type, change, CheckpointOptions.defaults());
    }

    static ModelDirectory write(
            Path place, DType type, UnaryOperator<Parameters> change, CheckpointOptions options) {
        try (Scope scope = Scope.open()) {
            Parameters model = SmallConfigs.decoder(SmallConfigs.of("llama"))
                    .initialise(Random.seeded(1)).to(type);
            CheckpointContent content =
                    CheckpointContent.of(SmallConfigs.of("llama"), change.apply(model), Map.of());
            CheckpointWriter.write(place, content, options);
        }
        return ModelDirectory.open(place);
    }

    static Parameters load(Path place) {
        return Checkpoint.open(place).load();
    }
}
