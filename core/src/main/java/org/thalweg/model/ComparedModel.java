package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A model of which one block at a time is in memory, in float64.
 *
 * @param network what it computes
 * @param tensors names of all its tensors
 * @param reader reads them; a tied embedding twice, any other once
 */
record ComparedModel(Network network, Set<String> tensors, TensorReader reader) {
    /**
     * A model with the configuration and the shapes of a directory.
     *
     * @throws WorkFailure when the network is not built in, or a tensor has not the shape that the configuration gives
     */
    static ComparedModel of(ModelDirectory model, TensorReader reader) {
        Network network = network(model);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        model.checkpoint().tensors().forEach((name, layout) -> shapes.put(name, layout.shape()));
        return ModelDirectory.named(model.checkpoint().directory(), () -> {
            DeclaredTensor.requireShapes(network.tensors().values(), shapes);
            Set<String> names = shapes.keySet().stream()
                    .filter(name -> !model.architecture().ignored().contains(name))
                    .collect(Collectors.toUnmodifiableSet());
            return new ComparedModel(network, names, reader);
        });
    }

    static Network network(ModelDirectory model) {
        return model.network().orElseThrow(() -> new WorkFailure(model.checkpoint().directory() + " is of the family '"
                + model.family() + "', whose network is not built in, so its outputs cannot be compared."));
    }

    /** The last stage, which gives the outputs. */
    int last() {
        return network.stages() - 1;
    }

    /** The tensors that a stage reads, in the current scope. */
    Parameters load(int stage) {
        Map<String, Tensor> loaded = new LinkedHashMap<>();
        for (String name : tensors) {
            if (network.reads(stage, name)) {
                try (Scope scope = Scope.open()) {
                    Tensor tensor = reader.read(name);
                    loaded.put(name, scope.keep(tensor.dtype().isFloating() ? tensor.to(DType.FLOAT64) : tensor));
                }
            }
        }
        return Parameters.of(loaded);
    }

    /** What a stage makes of the states before it, batch by batch, in the current scope. */
    List<Tensor> advance(int stage, List<Tensor> states) {
        try (Scope scope = Scope.open()) {
            Parameters block = load(stage);
            List<Tensor> next = new ArrayList<>();
            for (Tensor state : states) {
                try (Scope batch = Scope.open()) {
                    next.add(batch.keep(network.run(block, state, stage, stage + 1)));
                }
            }
            next.forEach(scope::keep);
            return next;
        }
    }
}
