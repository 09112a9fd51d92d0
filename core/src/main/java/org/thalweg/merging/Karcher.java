package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The Karcher mean of the models' directions, the one with the least sum of squared angles to them, made as long as
 * the mean of their norms. Found by stepping along the mean of the logarithms of the directions until that is shorter
 * than {@code tol} (Karcher 1977). Directions are combinations of the models' own, so that after one inner product for
 * each pair every step takes a handful of numbers, however large the tensor is.
 *
 * <p>Where directions cancel or are nearly opposite there is no such mean or more than one; the plain mean is taken.
 */
final class Karcher implements MergeMethod {
    /** Beyond this cosine logarithms are arbitrary. */
    private static final double OPPOSITE = -0.9995;
    private static final Range POSITIVE = new Range(Double.MIN_VALUE, 1);

    @Override
    public String name() {
        return "karcher";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(
                MergeParameter.shared("max_iter", 10, "steps at most, 0 or more"),
                MergeParameter.shared("tol", 1e-5,
                        "length of the last step; norms and angles below it count as 0; between 0 and 1"));
    }

    @Override
    public Optional<String> refusal(String parameter) {
        return parameter.equals("weight")
                ? Optional.of("karcher gives every model the same weight; leave 'weight' out, or take multislerp, "
                        + "which has weights.")
                : Optional.empty();
    }

    @Override
    public Base base() {
        return Base.UNUSED;
    }

    @Override
    public Count models() {
        return Count.atLeast(1);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        int steps = (int) Range.NOT_NEGATIVE.real("max_iter", values);
        double tolerance = POSITIVE.real("tol", values);
        Vectors vectors = Vectors.whole(tensors.models(), Optional.empty());
        double[] norms = IntStream.range(0, vectors.count()).mapToDouble(model -> vectors.norms(model)[0]).toArray();
        int[] directed = IntStream.range(0, norms.length).filter(model -> norms[model] > tolerance).toArray();
        double length = Arrays.stream(norms).average().orElse(0);
        if (directed.length == 0) {
            return Merged.of(vectors.sum(new double[norms.length]));
        }
        Optional<double[]> mean = new Directions(cosines(vectors, norms, directed), tolerance).mean(steps);
        if (mean.isEmpty()) {
            double[] equal = new double[norms.length];
            Arrays.fill(equal, 1.0 / norms.length);
            return new Merged(vectors.sum(equal), List.of("the models' directions cancel or are nearly opposite, "
                    + "so that they have no mean direction and the plain mean was taken"));
        }
        double[] factors = new double[norms.length];
        for (int i = 0; i < directed.length; i++) {
            factors[directed[i]] = length * mean.get()[i] / norms[directed[i]];
        }
        return Merged.of(vectors.sum(factors));
    }

    private static double[][] cosines(Vectors vectors, double[] norms, int[] directed) {
        double[][] cosines = new double[directed.length][directed.length];
        for (int i = 0; i < directed.length; i++) {
            cosines[i][i] = 1;
            for (int j = 0; j < i; j++) {
                double product = vectors.products(directed[i], directed[j])[0];
                cosines[i][j] = product / (norms[directed[i]] * norms[directed[j]]);
                cosines[j][i] = cosines[i][j];
            }
        }
        return cosines;
    }

    /**
     * Unit vectors, known by the cosines between them; others are given by factors of these.
     *
     * @param cosines between each two
     * @param tolerance lengths and angles below it count as 0
     */
    private record Directions(double[][] cosines, double tolerance) {
        /** The factors of the mean; nothing where there is no single one. */
        Optional<double[]> mean(int steps) {
            double[] sum = new double[cosines.length];
            Arrays.fill(sum, 1.0 / cosines.length);
            double norm = norm(sum);
            if (norm < tolerance) {
                return Optional.empty();
            }
            double[] mean = times(sum, 1 / norm);
            for (int step = 0; step < steps; step++) {
                double[] along = products(mean);
                if (Arrays.stream(along).anyMatch(cosine -> cosine < OPPOSITE)) {
                    return Optional.empty();
                }
                double[] tangent = tangent(mean, along);
                double length = norm(tangent);
                if (length < tolerance) {
                    break;
                }
                double[] moved = times(mean, Math.cos(length));
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += Math.sin(length) / length * tangent[i];
                }
                mean = times(moved, 1 / norm(moved));
            }
            return Optional.of(mean);
        }

        /** The mean logarithm of all directions at one, whose cosines with them are given. */
        private double[] tangent(double[] at, double[] along) {
            double[] tangent = new double[at.length];
            for (int i = 0; i < at.length; i++) {
                double cosine = Math.clamp(along[i], -1, 1);
                double angle = Math.acos(cosine);
                if (angle >= tolerance) {
                    double factor = angle / Math.sin(angle) / at.length;
                    tangent[i] += factor;
                    for (int j = 0; j < at.length; j++) {
                        tangent[j] -= factor * cosine * at[j];
                    }
                }
            }
            return tangent;
        }

        private double[] products(double[] factors) {
            return Arrays.stream(cosines)
                    .mapToDouble(row -> IntStream.range(0, row.length).mapToDouble(j -> row[j] * factors[j]).sum())
                    .toArray();
        }

        private double norm(double[] factors) {
            double[] products = products(factors);
            double square = IntStream.range(0, factors.length).mapToDouble(i -> factors[i] * products[i]).sum();
            return Math.sqrt(Math.max(0, square));
        }

        private static double[] times(double[] factors, double number) {
            return Arrays.stream(factors).map(factor -> factor * number).toArray();
        }
    }
}
