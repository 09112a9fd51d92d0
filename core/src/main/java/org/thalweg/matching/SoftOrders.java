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
     * A tensor of the moved model.
     *
     * @param name one of the architecture's tensors
     * @param model read once; not changed
     * @return the moved tensor in float64, in the current scope
     */
    public Tensor moved(String name, TensorReader model) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> acting = new LinkedHashMap<>();
            matrices.forEach((space, entries) -> {
                int size = start.architecture().space(space).group().size();
                acting.put(space, Tensor.of(entries, size, size));
            });
            return scope.keep(new MatrixAction(start.architecture(), acting)
                    .apply(name, start.exact(name, model)));
        }
    }
}
