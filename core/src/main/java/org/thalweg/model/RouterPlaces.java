package org.thalweg.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.thalweg.equivalence.ExpertPlaces;
import org.thalweg.group.GroupElement;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Where an alignment puts experts, seen from what it does to the rows of their router.
 *
 * @param orders the permutations of the alignment alone
 * @param shapes of the model's tensors
 */
record RouterPlaces(Alignment orders, Map<String, long[]> shapes) implements ExpertPlaces {
    static RouterPlaces of(ModelDirectory model, Alignment alignment) {
        Map<String, GroupElement> permutations = new LinkedHashMap<>();
        alignment.elements().forEach((space, element) -> {
            if (element instanceof Permutation) {
                permutations.put(space, element);
            }
        });
        return new RouterPlaces(
                new Alignment(alignment.architecture(), permutations), ModelDirectory.shapes(model.tensors()));
    }

    @Override
    public long[] of(String router) {
        try (Scope scope = Scope.open()) {
            long[] shape = shapes.get(router);
            int experts = (int) shape[0];
            long[] alone = new long[shape.length];
            Arrays.fill(alone, 1);
            alone[0] = experts;
            // Every row holds its own number, so that what permutes columns changes nothing.
            Tensor numbers = Tensor.of(LongStream.range(0, experts).asDoubleStream().toArray(), alone)
                    .add(Tensor.zeros(DType.FLOAT64, shape));
            Tensor moved = orders.apply(router, _ -> numbers);
            double[] sources = moved.reshape(experts, -1).narrow(1, 0, 1).toDoubles();
            long[] places = new long[experts];
            for (int place = 0; place < experts; place++) {
                places[(int) sources[place]] = place;
            }
            return places;
        }
    }
}
