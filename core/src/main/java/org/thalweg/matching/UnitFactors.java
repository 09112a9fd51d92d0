package org.thalweg.matching;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Scaling;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * Factors of hidden units that bring the raw weights of B closest to A's: for each unit the c that makes {@code |a - c
 * b|² + |a' - b'/c|²} smallest, of incoming weights a, b and outgoing a', b'.
 */
final class UnitFactors {
    private static final double WIDEST = 4;
    private static final int STEPS = 40;

    private UnitFactors() {}

    /**
     * The closest factors.
     *
     * @param tree the spaces
     * @param space of the factors
     * @param pairs slices, among them all that are scaled by them
     * @param acts whether factors act already, so that others cost nothing more
     * @return nothing when they do not gain enough
     */
    static Map<String, GroupElement> closer(SpaceTree tree, String space, List<SlicePair> pairs, boolean acts) {
        int size = tree.architecture().space(space).group().size();
        // Of each unit: products and squares of B of what is multiplied, then of what is divided.
        double[][] sums = new double[4][size];
        double square = 0;
        for (SlicePair pair : pairs) {
            for (Slice.Scaled scaled : pair.reference().scales()) {
                if (scaled.space().equals(space) && scaled.factor().isPresent()) {
                    int first = scaled.reciprocal() ? 2 : 0;
                    Tensor a = pair.reference().matrix(scaled.factor().get()).to(DType.FLOAT64);
                    Tensor b = pair.model().matrix(scaled.factor().get()).to(DType.FLOAT64);
                    add(sums[first], a.multiply(b).sum(1, false).toDoubles());
                    add(sums[first + 1], b.multiply(b).sum(1, false).toDoubles());
                    square += InnerProducts.squareOf(a);
                }
            }
        }
        boolean isSigned = tree.architecture().space(space).group().kind() == GroupKind.SIGNED_SCALING;
        double[] factors = new double[size];
        double gain = 0;
        for (int unit = 0; unit < size; unit++) {
            Unit one = new Unit(sums[0][unit], sums[1][unit], sums[2][unit], sums[3][unit]);
            factors[unit] = one.best(isSigned);
            gain += one.at(1) - one.at(factors[unit]);
        }
        return gain > (acts ? 1e-6 : Polish.VISIBLE) * square ? Map.of(space, new Scaling(factors)) : Map.of();
    }

    private static void add(double[] sum, double[] more) {
        Arrays.setAll(sum, i -> sum[i] + more[i]);
    }

    /** The squared distance of one unit, but for A's squared norm. */
    private record Unit(double product, double square, double dividedProduct, double dividedSquare) {
        double at(double factor) {
            return factor * factor * square - 2 * factor * product
                    + dividedSquare / (factor * factor) - 2 * dividedProduct / factor;
        }

        double best(boolean isSigned) {
            if (square == 0 || dividedSquare == 0) {
                return 1;
            }
            double positive = along(1);
            double negative = isSigned ? along(-1) : positive;
            double best = at(negative) < at(positive) ? negative : positive;
            return at(best) < at(1) ? best : 1;
        }

        /** The best factor of one sign: on a grid of logarithms, then between the neighbours of the best. */
        private double along(double sign) {
            double step = 2 * WIDEST / STEPS;
            double grid = IntStream.rangeClosed(0, STEPS).mapToDouble(i -> -WIDEST + i * step).boxed()
                    .min((one, other) -> Double.compare(at(sign * Math.exp(one)), at(sign * Math.exp(other))))
                    .orElse(0.0);
            return sign * Math.exp(Golden.smallest(log -> at(sign * Math.exp(log)), grid - step, grid + step));
        }
    }
}
