package org.thalweg.matching;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.family.MlpFamily;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.WorkObserver;

/**
 * Two feed-forward networks of coupled hidden layers.
 *
 * @param architecture of both
 * @param a stays
 * @param b is moved
 */
record TwoMlps(Architecture architecture, Parameters a, Parameters b) {
    /** Two unrelated networks; units' norms differ, so that the balanced gauge is another one. */
    static TwoMlps unrelated(List<Integer> sizes, UnitFunction function, long seed) {
        MlpConfig config = new MlpConfig(sizes, function);
        Random random = Random.seeded(seed);
        Parameters a = loud(MlpFamily.network(config).initialise(random), random);
        Parameters b = loud(MlpFamily.network(config).initialise(random), random);
        int last = sizes.size() - 2;
        Architecture architecture = ArchitectureSpec.builtIn(MlpConfig.MODEL_TYPE).bind(a, new Conditions(
                function == UnitFunction.RELU ? Set.of("relu") : Set.of(),
                Map.of("inner-maps", new TreeSet<>(IntStream.range(1, last).boxed().toList()),
                        "last-map", Set.of(last)),
                Map.of()));
        return new TwoMlps(architecture, a, b);
    }

    private static Parameters loud(Parameters model, Random random) {
        return model.mapNamed((_, tensor) -> {
            long[] shape = tensor.shape();
            long[] rows = new long[shape.length];
            Arrays.fill(rows, 1);
            rows[0] = shape[0];
            return tensor.to(DType.FLOAT64)
                    .multiply(random.uniform(DType.FLOAT64, 0.3, 3, rows))
                    .add(random.normal(DType.FLOAT64, shape).multiply(0.05));
        });
    }

    Match match(WeightMatchSettings settings) {
        return new WeightMatcher(settings).match(architecture, a::get, b::get, WorkObserver.SILENT);
    }

    double squaredDistance(Alignment alignment) {
        Parameters moved = alignment.apply(b);
        return a.names().stream()
                .mapToDouble(name -> Math.pow(a.get(name).subtract(moved.get(name)).norm(), 2)).sum();
    }

    /** The same with another B. */
    TwoMlps with(Parameters other) {
        return new TwoMlps(architecture, a, other);
    }
}
