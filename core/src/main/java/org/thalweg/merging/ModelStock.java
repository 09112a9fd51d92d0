package org.thalweg.merging;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;

/**
 * {@code t · mean + (1 − t) · base} with {@code t = N c / (1 + (N − 1) c)} for N models, where c is the mean cosine
 * between two models' differences from the base (arXiv 2403.19522): over the whole tensor, or for each row.
 */
final class ModelStock implements MergeMethod {
    private static final double SMALLEST_PRODUCT = 1e-6;
    private static final double SMALLEST_DIVISOR = 1e-9;

    @Override
    public String name() {
        return "model_stock";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of(MergeParameter.flag("filter_wise", false,
                "whether each row (the last axis) has a t of its own instead of the whole tensor"));
    }

    @Override
    public Base base() {
        return Base.REQUIRED;
    }

    @Override
    public Count models() {
        return Count.atLeast(2);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        Vectors deltas = values.flag("filter_wise")
                ? Vectors.along(-1, tensors.models(), tensors.base())
                : Vectors.whole(tensors.models(), tensors.base());
        int models = deltas.count();
        double[] cosines = meanCosines(deltas);
        double[] factors = new double[cosines.length];
        for (int line = 0; line < factors.length; line++) {
            double divisor = 1 + (models - 1) * cosines[line];
            if (divisor < SMALLEST_DIVISOR) {
                throw new WorkFailure("the differences of the models from the base cancel in tensor "
                        + Shown.name(tensors.name()) + ", mean cosine " + cosines[line]
                        + ", where model_stock has no answer; use linear or fewer models.");
            }
            // t times the mean: t/N of each difference.
            factors[line] = cosines[line] / divisor;
        }
        double least = Arrays.stream(cosines).min().orElse(0);
        return new Merged(deltas.sum(Collections.nCopies(models, factors)), least < 0
                ? List.of("differences from the base point apart (mean cosine " + least
                        + "), so that the result lies beyond the base")
                : List.of());
    }

    private static double[] meanCosines(Vectors deltas) {
        int models = deltas.count();
        List<double[]> norms = IntStream.range(0, models).mapToObj(deltas::norms).toList();
        double[] sums = new double[norms.getFirst().length];
        for (int one = 0; one < models; one++) {
            for (int other = one + 1; other < models; other++) {
                double[] products = deltas.products(one, other);
                for (int line = 0; line < sums.length; line++) {
                    double scale = Math.max(norms.get(one)[line] * norms.get(other)[line], SMALLEST_PRODUCT);
                    sums[line] += Math.clamp(products[line] / scale, -1, 1);
                }
            }
        }
        double pairs = models * (models - 1) / 2.0;
        return Arrays.stream(sums).map(sum -> sum / pairs).toArray();
    }
}
