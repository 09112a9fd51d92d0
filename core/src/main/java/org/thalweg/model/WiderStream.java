package org.thalweg.model;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.canonical.NormReaders;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A map O of a residual stream into a wider one that keeps lengths and gives vectors of mean 0, so that LayerNorm and
 * RMSNorm are the same there. With epsilon times {@code d/N} a normalisation of the wide stream gives
 * {@code √(N/d) O} times what it gave, which readers and shifts take back (arXiv 2506.22712, equations 6 to 8).
 *
 * @param map [wide narrow] orthonormal columns, each of mean 0, float64
 * @param factor of what reads a normalised stream, {@code √(d/N)}
 * @param readers tensors that read a normalised stream
 * @param shifts tensors that are added to a normalised stream
 * @param normalised tensors that write what is normalised with the same epsilon again, queries and keys; that shrinks
 *     with epsilon's root, so that its normalisation gives what it gave
 */
record WiderStream(Tensor map, double factor, Set<String> readers, Set<String> shifts, Set<String> normalised) {
    /**
     * Draws a map uniformly among all.
     *
     * @param from width
     * @param to larger width
     * @param norms all normalisations, with gains of 1
     * @param random draws
     * @return the map, a tensor of the current scope
     */
    static WiderStream draw(int from, int to, List<NormReaders> norms, Random random) {
        Set<String> readers = norms.stream().flatMap(norm -> norm.readers().stream()).collect(Collectors.toSet());
        Set<String> shifts = norms.stream().map(NormReaders::shift).collect(Collectors.toCollection(HashSet::new));
        try (Scope scope = Scope.open()) {
            Tensor normal = random.normal(DType.FLOAT64, to, from);
            Tensor columns = LinearAlgebra.orthonormalColumns(normal.subtract(normal.mean(0, true)));
            return new WiderStream(scope.keep(columns), Math.sqrt((double) from / to), readers, shifts, Set.of());
        }
    }

    /** The same map with another factor. */
    WiderStream times(double other) {
        return new WiderStream(map, other, readers, shifts, normalised);
    }

    /** The same map where queries and keys are normalised too. */
    WiderStream normalising(Architecture architecture) {
        return new WiderStream(map, factor, readers, shifts, architecture.tensors().entrySet().stream()
                .filter(tensor -> tensor.getValue().parts().stream()
                        .flatMap(part -> part.factors().stream())
                        .flatMap(each -> each.space().stream())
                        .anyMatch(space -> space.endsWith(".query_key")))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    /** How many coordinates the wide stream has. */
    long width() {
        return map.length(0);
    }

    /** Applies the map along an axis of a tensor in float64, in the current scope. */
    Tensor along(Tensor tensor, int axis) {
        return tensor.transpose(axis, -1).matmul(map.transpose(0, 1)).transpose(axis, -1).contiguous();
    }

    /** What a tensor is multiplied by. */
    double factorOf(String name) {
        double inFront = readers.contains(name) ? factor : shifts.contains(name) ? 1 / factor : 1;
        return normalised.contains(name) ? inFront * Math.sqrt((double) map.length(1) / map.length(0)) : inFront;
    }
}
