package org.thalweg.model;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.canonical.NormReaders;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A map O of a residual stream into a wider one that gives vectors of mean 0 and of the same mean square, so that
 * LayerNorm and RMSNorm are the same there, epsilon included: orthonormal columns times {@code √(N/d)}. A normalisation
 * of the wide stream gives that map of what it gave, which readers take back (arXiv 2506.22712, equations 6 to 8, with
 * the factor on what writes the stream in place of another epsilon, so that the wide model can be joined by a line with
 * one that was trained at that width).
 *
 * @param map [wide narrow] orthonormal columns, each of mean 0, float64
 * @param factor of what reads a normalised stream, {@code √(d/N)}
 * @param readers tensors that read a normalised stream
 */
record WiderStream(Tensor map, double factor, Set<String> readers) {
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
        try (Scope scope = Scope.open()) {
            Tensor normal = random.normal(DType.FLOAT64, to, from);
            Tensor columns = LinearAlgebra.orthonormalColumns(normal.subtract(normal.mean(0, true)));
            return new WiderStream(scope.keep(columns), Math.sqrt((double) from / to), readers);
        }
    }

    /** The same map with another factor of readers. */
    WiderStream times(double other) {
        return new WiderStream(map, other, readers);
    }

    /** How many coordinates the wide stream has. */
    long width() {
        return map.length(0);
    }

    /** Applies the map along an axis of a tensor in float64, in the current scope. */
    Tensor along(Tensor tensor, int axis) {
        return tensor.transpose(axis, -1).matmul(map.transpose(0, 1)).transpose(axis, -1).contiguous();
    }

    /** What a tensor that runs over the stream is multiplied by. */
    double factorOf(String name) {
        return readers.contains(name) ? factor : Math.sqrt((double) map.length(0) / map.length(1));
    }
}
