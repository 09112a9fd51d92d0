package org.thalweg.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
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

    /** A specification in which every axis of every tensor but some is permuted by itself, which is no symmetry. */
    String freeAxes(ModelDirectory model, Set<String> without) {
        StringBuilder spaces = new StringBuilder("name: free\nspaces:\n");
        StringBuilder tensors = new StringBuilder("tensors:\n");
        model.tensors().forEach((name, layout) -> {
            StringJoiner axes = new StringJoiner(", ");
            for (int axis = 0; axis < layout.rank() && !without.contains(name); axis++) {
                String space = name.replace('.', '_') + axis;
                spaces.append("  - {name: ").append(space).append(", group: permutation}\n");
                axes.add(space);
            }
            if (!without.contains(name)) {
                tensors.append("  - {name: ").append(name).append(", axes: [").append(axes).append("]}\n");
            }
        });
        return spaces.append(tensors).toString();
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
