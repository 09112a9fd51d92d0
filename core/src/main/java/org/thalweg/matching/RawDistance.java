package org.thalweg.matching;

import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.InnerProducts;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * How far two models are from one another. Reads one tensor of both at a time.
 *
 * @param tree the spaces
 * @param reference A as it is
 * @param model B as it is
 */
record RawDistance(SpaceTree tree, TensorReader reference, TensorReader model) {
    /** The sum of all squared differences of A's numbers and aligned B's. */
    double squared(Alignment alignment) {
        AlignedModel a = new AlignedModel(reference, tree.architecture().identity());
        AlignedModel b = new AlignedModel(model, alignment);
        double sum = 0;
        for (String tensor : tree.architecture().tensors().keySet()) {
            try (Scope scope = Scope.open()) {
                sum += InnerProducts.squaredDistance(a.read(tensor), b.read(tensor));
            }
        }
        return sum;
    }

    /** The inner product of two models in the gauge in which they are compared. */
    static double product(SpaceTree tree, AlignedPair models) {
        double sum = 0;
        for (String tensor : tree.architecture().tensors().keySet()) {
            try (Scope scope = Scope.open()) {
                Tensor a = models.reference().read(tensor);
                sum += InnerProducts.of(a, models.model().read(tensor));
            }
        }
        return sum;
    }
}
