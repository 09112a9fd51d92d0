package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.SingleLayer;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Two experts whose router says they changed places while their weights say they did not. */
class BestOrderTest {
    private static final int RESIDUAL = 8;
    private static final MoeConfig CONFIG = new MoeConfig(2, new Gating.Dense(), List.of(4), UnitFunction.GELU);

    private static Parameters withRouter(Parameters layer, double[] row) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(layer.asMap());
        double[] rows = DoubleStream.concat(Arrays.stream(row), Arrays.stream(row).map(value -> -value)).toArray();
        tensors.put("moe.gate.weight", Tensor.of(rows, 2, RESIDUAL));
        tensors.put("moe.gate.bias", Tensor.of(new double[2], 2));
        return Parameters.of(tensors);
    }

    private static double squaredDistance(Parameters one, Parameters other, ExpertOrdering order) {
        Architecture architecture = ModelArchitecture.ofLayer(CONFIG, one);
        Parameters aligned =
                new WeightMatcher(new WeightMatchSettings(order, ResidualMatching.AUTO, MatchingGauge.BALANCED))
                        .match(architecture, one::get, other::get, WorkObserver.SILENT).alignment().apply(other);
        return one.names().stream()
                .mapToDouble(name -> Math.pow(one.get(name).subtract(aligned.get(name)).norm(), 2))
                .sum();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 0.6, 0.9, 1.1, 1.6})
    void bestKeepsTheOrderThatLeavesTheLayerCloser(double routerToExperts) {
        try (Scope scope = Scope.open()) {
            Parameters layer = SingleLayer.initialise(CONFIG, RESIDUAL, "moe", Random.seeded(1)).to(DType.FLOAT64);
            double[] row = new double[RESIDUAL];
            row[3] = 1;
            double experts = squaredDistance(
                    withRouter(layer, row), withRouter(layer, negated(row)), ExpertOrdering.GATE);
            // Rows that stay where they are differ by 8 row² together.
            row[3] = Math.sqrt(routerToExperts * experts / 8);
            Parameters a = withRouter(layer, row);
            Parameters b = withRouter(layer, negated(row));
            double byGate = squaredDistance(a, b, ExpertOrdering.GATE);
            double byExpert = squaredDistance(a, b, ExpertOrdering.EXPERT);
            assertThat(byExpert < byGate).isEqualTo(routerToExperts < 1);
            assertThat(squaredDistance(a, b, ExpertOrdering.BEST)).isEqualTo(Math.min(byGate, byExpert));
        }
    }

    private static double[] negated(double[] row) {
        return Arrays.stream(row).map(value -> -value).toArray();
    }
}
