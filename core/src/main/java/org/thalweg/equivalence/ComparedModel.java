package org.thalweg.equivalence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A model of which one block at a time is in memory, in float64.
 *
 * @param network what it computes
 * @param reader reads its tensors; a tied embedding twice, any other once
 */
public record ComparedModel(Network network, TensorReader reader) {
    /** The last stage, which gives the outputs. */
    int last() {
        return network.stages() - 1;
    }

    /** The tensors that a stage reads, in the current scope. */
    Parameters load(int stage) {
        Map<String, Tensor> loaded = new LinkedHashMap<>();
        network.tensors().forEach((name, declared) -> {
            if (declared.stages().contains(stage)) {
                try (Scope scope = Scope.open()) {
                    Tensor tensor = reader.read(name);
                    loaded.put(name, scope.keep(tensor.dtype().isFloating() ? tensor.to(DType.FLOAT64) : tensor));
                }
            }
        });
        return Parameters.of(loaded);
    }

    /** What a stage makes of the states before it, batch by batch, in the current scope. */
    List<Tensor> advance(int stage, List<Tensor> states, IntFunction<ExpertChoice> choices) {
        try (Scope scope = Scope.open()) {
            Parameters block = load(stage);
            List<Tensor> next = new ArrayList<>();
            for (Tensor state : states) {
                try (Scope batch = Scope.open()) {
                    next.add(batch.keep(run(block, stage, state, choices.apply(next.size()))));
                }
            }
            next.forEach(scope::keep);
            return next;
        }
    }

    Tensor run(Parameters block, int stage, Tensor state, ExpertChoice choice) {
        return network.run(block, state, new StageSpan(stage, stage + 1), choice);
    }
}
