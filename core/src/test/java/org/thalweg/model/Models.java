package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.family.SmallConfigs;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/**
 * Small models of random weights on disk.
 *
 * @param directory they stand in
 */
record Models(Path directory) {
    ModelDirectory llama(String name, long seed) {
        return llama(name, seed, model -> model);
    }

    ModelDirectory llama(String name, long seed, UnaryOperator<Parameters> change) {
        return write(name, SmallConfigs.of("llama"), seed, change);
    }

    /** A model whose tensors are as its configuration asks, then changed. */
    ModelDirectory write(String name, ObjectNode config, long seed, UnaryOperator<Parameters> change) {
        Path place = directory.resolve(name);
        try (Scope scope = Scope.open()) {
            Parameters model = SmallConfigs.decoder(config).initialise(Random.seeded(seed));
            Checkpoint.write(place, config, change.apply(model), Map.of());
        }
        return ModelDirectory.open(place);
    }

    Output out(String name) {
        return new Output(directory.resolve(name), false);
    }

    /** Whether two directories hold the same tensors in the same types, to the bit. */
    static boolean same(ModelDirectory one, ModelDirectory other) {
        try (Scope scope = Scope.open()) {
            Parameters first = one.checkpoint().load();
            Parameters second = other.checkpoint().load();
            return one.checkpoint().tensors().equals(other.checkpoint().tensors())
                    && first.names().stream().allMatch(name -> first.get(name).sameAs(second.get(name)));
        }
    }
}
