package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * Acts on a model with one matrix a space, differentiably in model and matrices: for learning an alignment, and for
 * matrices between orders, which are no element of a group. On a part of a tensor that writes or reads a space the
 * matrix itself acts, which is right for orders and rotations; on a diagonal operator g its squared entries do,
 * {@code diag(M diag(g) Mᵀ)}. Where the matrices are elements it moves a model as an {@link Alignment} of these does.
 *
 * @param architecture what is acted on; spaces that number tensors have no matrices
 * @param matrices [size size] by name of the space, in the type of the model; nothing acts in other spaces
 */
public record MatrixAction(Architecture architecture, Map<String, Tensor> matrices) {
    /** Copies the map. */
    public MatrixAction {
        matrices = Map.copyOf(matrices);
    }

    /**
     * Moves a model.
     *
     * @param model every tensor is one of the architecture's; not changed
     * @return the moved model; tensors on which nothing acts are passed on as they are
     */
    public Parameters apply(Parameters model) {
        return model.mapNamed(this::apply);
    }

    /**
     * Moves one tensor.
     *
     * @param name one of the architecture's, or one that it does not know, which is passed on
     * @param tensor not changed
     * @return the moved tensor, the same object where nothing acts
     */
    public Tensor apply(String name, Tensor tensor) {
        return Optional.ofNullable(architecture.tensors().get(name))
                .map(layout -> moved(layout, tensor))
                .orElse(tensor);
    }

    private Tensor moved(TensorLayout layout, Tensor tensor) {
        List<Tensor> parts = layout.cut(tensor);
        List<Tensor> moved = new ArrayList<>();
        boolean changed = false;
        for (int part = 0; part < parts.size(); part++) {
            Tensor result = moved(layout.parts().get(part), parts.get(part));
            changed |= result != parts.get(part);
            moved.add(result);
        }
        return changed ? layout.join(moved, tensor.shape()) : tensor;
    }

    private Tensor moved(TensorLayout.Part part, Tensor tensor) {
        List<TensorLayout.Factor> factors = part.factors();
        int[] lengths = part.lengths();
        long[] fine = part.factors().stream().mapToLong(TensorLayout.Factor::length).toArray();
        Tensor moved = tensor.reshape(fine);
        boolean changed = false;
        for (int axis : TensorAction.fromOutermost(factors)) {
            SpaceReference reference = factors.get(axis).reference().orElseThrow();
            if (reference.names(lengths).stream().anyMatch(matrices::containsKey)) {
                moved = along(moved, axis, factors.get(axis), lengths);
                changed = true;
            }
        }
        return changed ? moved.reshape(tensor.shape()) : tensor;
    }

    private Tensor along(Tensor tensor, int axis, TensorLayout.Factor factor, int[] lengths) {
        SpaceReference reference = factor.reference().orElseThrow();
        List<Integer> outer = reference.outerFactors();
        List<Tensor> slices = new ArrayList<>();
        for (int[] positions : SpaceReference.positions(outer, lengths)) {
            Tensor slice = SpaceReference.slice(tensor, outer, positions);
            slices.add(Optional.ofNullable(matrices.get(reference.at(positions, lengths)))
                    .map(matrix -> along(slice, axis, factor.role(), matrix))
                    .orElse(slice));
        }
        return SpaceReference.joined(slices, outer, lengths);
    }

    private static Tensor along(Tensor slice, int axis, AxisRole role, Tensor matrix) {
        Tensor acting = switch (role) {
            case WRITER, READER -> matrix;
            case DIAGONAL -> matrix.multiply(matrix);
        };
        return slice.transpose(axis, -1).matmul(acting.transpose(0, 1)).transpose(axis, -1);
    }
}
