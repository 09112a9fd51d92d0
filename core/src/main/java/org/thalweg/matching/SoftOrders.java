package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.MatrixAction;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * Doubly stochastic matrices between orders (arXiv 2506.22712, appendix D). A model that they move is another function
 * than it was, unless every matrix is an order.
 *
 * @param start acts first
 * @param matrices [size size] row-major, by space; act after the start
 */
public record SoftOrders(Alignment start, Map<String, double[]> matrices) {
    /** Copies the map, not the arrays. */
    public SoftOrders {
        matrices = Map.copyOf(matrices);
    }

    /**
     * The moved model. Its tensors are in float64, each computed when it is read from one of the model's, which is read
     * once for it.
     *
     * @param model not changed
     * @return a reader, valid as long as the current scope is open, which holds every matrix once
     */
    public TensorReader moved(TensorReader model) {
        Map<String, Tensor> acting = new LinkedHashMap<>();
        matrices.forEach((space, entries) -> {
            int size = start.architecture().space(space).group().size();
            acting.put(space, Tensor.of(entries, size, size));
        });
        MatrixAction action = new MatrixAction(start.architecture(), acting);
        return name -> {
            try (Scope scope = Scope.open()) {
                return scope.keep(action.apply(name, start.exact(name, model)));
            }
        };
    }
}
