package org.thalweg.equivalence;

import java.util.ArrayList;
import java.util.List;
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
 * A model of which the tensors that are worked with are in memory, in float64: one linear map at a time, one
 * expert's of many.
 *
 * @param network what it computes
 * @param reader reads its tensors, each when it is needed; those of blocks with many inputs several times
 */
public record ComparedModel(Network network, TensorReader reader) {
    /** The last stage, which gives the outputs. */
    int last() {
        return network.stages() - 1;
    }

    /** What a stage makes of the states before it, batch by batch, in the current scope. */
    List<Tensor> advance(int stage, List<Tensor> states, IntFunction<ExpertChoice> choices) {
        List<Tensor> next = new ArrayList<>();
        for (Tensor state : states) {
            try (Scope batch = Scope.open()) {
                next.add(batch.keep(run(stage, state, choices.apply(next.size()))));
            }
        }
        return next;
    }

    Tensor run(int stage, Tensor state, ExpertChoice choice) {
        return network.run(Parameters.reading(network.tensors().keySet(), reader, DType.FLOAT64), state,
                new StageSpan(stage, stage + 1), choice);
    }
}
