package org.thalweg.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.InnerProducts;

/**
 * The same slice of both models. Its spaces have the names that they have in A.
 *
 * @param reference of A
 * @param model of B
 */
record SlicePair(Slice reference, Slice model) {
    /** Pairs slices of one item of A and one of B. */
    static List<SlicePair> of(List<Slice> reference, List<Slice> model) {
        Map<String, Slice> byKey = new LinkedHashMap<>();
        model.forEach(slice -> byKey.put(slice.key(), slice));
        List<SlicePair> pairs = new ArrayList<>();
        for (Slice slice : reference) {
            Slice other = byKey.get(slice.key());
            if (other == null) {
                throw new IllegalStateException("'" + slice.key() + "' has no counterpart");
            }
            pairs.add(new SlicePair(slice, other));
        }
        return pairs;
    }

    /** Pairs slices of one tensor, cut alike in both models. */
    static List<SlicePair> ofUniform(List<Slice> reference, List<Slice> model) {
        return IntStream.range(0, reference.size())
                .mapToObj(i -> new SlicePair(reference.get(i), model.get(i)))
                .toList();
    }

    /** Inner product in float64. */
    double dot() {
        return InnerProducts.of(reference.values(), model.values());
    }
}
