package org.thalweg.zoo;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.thalweg.scaling.LossCurve;
import org.thalweg.scaling.Measure;
import org.thalweg.scaling.Run;
import org.thalweg.scaling.Runs;
import org.thalweg.scaling.Setting;

/**
 * The leverages of one seed's models: for every kind its loss above the source's as a power of compute, compared where
 * it equals that of the dense model's longest training. A loss minus a number that is the same for all kinds is equal
 * for two of them where the loss is, so leverage is the same; but only this loss is a power of compute.
 *
 * @param curves one for each kind, the dense one first
 */
record SweptLeverages(List<LossCurve> curves) {
    /** Names of the measured quantities that they are computed from. */
    static final String ACTIVATION = "activation";
    static final String GRANULARITY = "granularity";
    static final String COMPUTE = "compute";
    static final String EXCESS = "excess_loss";

    static SweptLeverages of(Measurements measured, int seed) {
        List<Run> runs = measured.byVariant().values().stream().map(seeds -> seeds.get(seed)).map(values -> new Run(
                new Setting(values.get(ACTIVATION), values.get(GRANULARITY), values.get(COMPUTE)),
                // A model that is better than the source by chance would have no logarithm.
                Math.max(values.get(EXCESS), 1e-6))).toList();
        return new SweptLeverages(LossCurve.of(new Runs("the sweep", Measure.LOSS, runs)).stream()
                .sorted(Comparator.comparingDouble(curve -> -curve.activation())).toList());
    }

    private LossCurve dense() {
        return curves.getFirst();
    }

    LossCurve curve(SweepModel kind) {
        return curves.stream().filter(curve -> kind.isDense() ? curve.activation() == 1
                : curve.activation() == 1.0 / kind.sparsity() && curve.granularity() == kind.granularity())
                .findFirst().orElseThrow();
    }

    /** C of the dense model's longest training over the C at which this kind has the loss of that training. */
    double of(SweepModel kind) {
        return dense().most() / curve(kind).loss().inverse(dense().loss().at(dense().most()));
    }

    /**
     * Spearman's rank correlation of leverage and 1/A.
     *
     * @param kinds from the largest activation ratio to the smallest
     * @return from -1 to 1, 1 where leverage rises from each kind to the next
     */
    double rankCorrelation(List<SweepModel> kinds) {
        double[] leverages = kinds.stream().mapToDouble(this::of).toArray();
        int count = leverages.length;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double one = leverages[i];
            long rank = Arrays.stream(leverages).filter(other -> other < one).count();
            squares += (rank - i) * (rank - i);
        }
        return 1 - 6 * squares / (count * (count * count - 1.0));
    }
}
