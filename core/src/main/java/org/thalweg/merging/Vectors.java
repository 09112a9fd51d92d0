package org.thalweg.merging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * A tensor of several models as vectors from an origin, from the base or from 0: one vector each, or one for each line
 * along an axis. Differences from the base are formed when they are needed, so that however many models there are
 * memory is that of three tensors.
 */
final class Vectors {
    private final List<Tensor> ends;
    private final Optional<Tensor> origin;
    private final int axis;
    private final long[] shape;

    private Vectors(List<Tensor> ends, Optional<Tensor> origin, int axis, long[] shape) {
        this.ends = ends;
        this.origin = origin;
        this.axis = axis;
        this.shape = shape;
    }

    /**
     * One vector for each model.
     *
     * @param ends of one shape, with an element; have to live as long as these vectors
     * @param origin of the same shape; 0 when there is none
     * @return vectors of one line
     */
    static Vectors whole(List<Tensor> ends, Optional<Tensor> origin) {
        return new Vectors(
                ends.stream().map(Vectors::line).toList(),
                origin.map(Vectors::line),
                1,
                ends.getFirst().shape());
    }

    /**
     * One vector for each line along an axis; a tensor with fewer than two axes is one line.
     *
     * @param axis the first (0) or the last (−1)
     * @param ends of one shape, with an element; have to live as long as these vectors
     * @param origin of the same shape; 0 when there is none
     * @return vectors of as many lines as the tensor has along the axis
     */
    static Vectors along(int axis, List<Tensor> ends, Optional<Tensor> origin) {
        return ends.getFirst().rank() < 2
                ? whole(ends, origin)
                : new Vectors(ends, origin, axis, ends.getFirst().shape());
    }

    private static Tensor line(Tensor tensor) {
        return tensor.reshape(1, tensor.size());
    }

    /** How many models there are. */
    int count() {
        return ends.size();
    }

    private boolean isOneLine() {
        return ends.getFirst().length(axis) == ends.getFirst().size();
    }

    private Tensor vector(int model) {
        Tensor end = ends.get(model);
        return origin.map(end::subtract).orElse(end);
    }

    /**
     * Inner products of two models' vectors.
     *
     * @param one a model
     * @param other another model, or the same
     * @return of each line
     */
    double[] products(int one, int other) {
        try (Scope scope = Scope.open()) {
            Tensor first = vector(one);
            return first.multiply(one == other ? first : vector(other)).sum(axis, true).toDoubles();
        }
    }

    /**
     * Lengths of a model's vectors.
     *
     * @param model which
     * @return of each line
     */
    double[] norms(int model) {
        try (Scope scope = Scope.open()) {
            return isOneLine()
                    ? new double[] {vector(model).norm()}
                    : Arrays.stream(products(model, model)).map(Math::sqrt).toArray();
        }
    }

    /**
     * The length of a sum of all models' vectors with factors, for vectors of one line.
     *
     * @param factors of the models
     * @return its Euclidean norm
     */
    double normOfSum(double... factors) {
        try (Scope scope = Scope.open()) {
            return combine(lines(factors)).norm();
        }
    }

    /**
     * The origin plus a sum of all models' vectors with factors, for vectors of one line.
     *
     * @param factors of the models
     * @return in the models' shape
     */
    Tensor sum(double... factors) {
        return sum(lines(factors));
    }

    /**
     * The origin plus a sum of all models' vectors with factors.
     *
     * @param factors of each model, by line
     * @return in the models' shape
     */
    Tensor sum(List<double[]> factors) {
        try (Scope scope = Scope.open()) {
            Tensor sum = combine(factors);
            origin.ifPresent(start -> InPlace.add(sum, start));
            return scope.keep(sum.reshape(shape));
        }
    }

    private static List<double[]> lines(double... factors) {
        List<double[]> lines = new ArrayList<>();
        for (double factor : factors) {
            lines.add(new double[] {factor});
        }
        return lines;
    }

    private Tensor combine(List<double[]> factors) {
        long[] lines = ends.getFirst().shape();
        lines[axis < 0 ? axis + lines.length : axis] = 1;
        Tensor sum = vector(0).multiply(Tensor.of(factors.getFirst(), lines));
        for (int model = 1; model < ends.size(); model++) {
            try (Scope scope = Scope.open()) {
                InPlace.add(sum, vector(model).multiply(Tensor.of(factors.get(model), lines)));
            }
        }
        return sum;
    }
}
