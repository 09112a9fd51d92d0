package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.ResidualArchitecture;
import org.thalweg.group.Permutation;
import org.thalweg.network.moe.Router;
import org.thalweg.network.residual.ResidualConfig;
import org.thalweg.network.residual.SampleResiduals;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** Experts that all layers order alike, and experts with an adapter beside their router. */
class ResidualMatchingTest {
    private static final ResidualConfig OMNI = SampleResiduals.omni(true, 4, 4, 4);

    static List<ResidualConfig> configurations() {
        return List.of(OMNI, SampleResiduals.omni(false, 4, 3), SampleResiduals.dense(true),
                SampleResiduals.adamoe(2, 4, Optional.of(Router.Decoupling.ADDITIVE)),
                SampleResiduals.adamoe(2, 4, Optional.empty()));
    }

    private static PlantedModel planted(ResidualConfig config, long seed) {
        Parameters model = SampleResiduals.model(ResidualArchitecture.network(config), seed);
        return new PlantedModel(ResidualArchitecture.of(config, model), model);
    }

    private static Alignment match(PlantedModel a, Parameters b, WeightMatchSettings settings) {
        return new WeightMatcher(settings)
                .match(a.architecture(), a.model()::get, b::get, WorkObserver.SILENT).alignment();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aPlantedElementIsUndone(ResidualConfig config) {
        for (long seed = 1; seed <= 4; seed++) {
            try (Scope scope = Scope.open()) {
                PlantedModel planted = planted(config, seed);
                Parameters moved = planted.architecture().random(Random.seeded(seed)).apply(planted.model());
                Parameters back = match(planted, moved, WeightMatchSettings.defaults()).apply(moved);
                assertThat(PlantedModel.distance(planted.model(), back)).as("seed " + seed).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void ordersAreFoundUnderNoise(ResidualConfig config) {
        for (long seed = 1; seed <= 3; seed++) {
            try (Scope scope = Scope.open()) {
                PlantedModel planted = planted(config, seed);
                Alignment element = planted.architecture().random(Random.seeded(seed));
                Alignment rest = match(planted, element.apply(planted.noisy(0.05, seed)),
                        WeightMatchSettings.defaults()).compose(element);
                planted.spaces(Set.of("permutation")).stream().filter(space -> space.endsWith("experts"))
                        .forEach(space -> assertThat(rest.permutation(space).isIdentity()).as(space).isTrue());
            }
        }
    }

    /** Where experts are fixed everything inside them is still found, and experts in another order are left there. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void expertsThatAreFixedStayInTheirPlacesAndTheirUnitsAreMatched(long seed) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = planted(OMNI, seed);
            Architecture fixed = planted.architecture().withFixed("experts");
            Parameters moved = fixed.random(Random.seeded(seed)).apply(planted.model());
            Alignment found = new WeightMatcher(WeightMatchSettings.defaults())
                    .match(fixed, planted.model()::get, moved::get, WorkObserver.SILENT).alignment();
            assertThat(PlantedModel.distance(planted.model(), found.apply(moved))).isLessThan(1e-5);
            Parameters ordered = planted.architecture().identity()
                    .with("experts", new Permutation(new int[] {1, 2, 3, 0})).apply(planted.model());
            Alignment left = new WeightMatcher(WeightMatchSettings.defaults())
                    .match(fixed, planted.model()::get, ordered::get, WorkObserver.SILENT).alignment();
            assertThat(left.elements()).doesNotContainKey("experts");
            assertThat(PlantedModel.distance(planted.model(), left.apply(ordered))).isGreaterThan(1e-2);
        }
    }

    /** Gram matrices of both maps with their biases, summed over all layers; all 24 orders are tried. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theOrderOfUnrelatedExpertsIsTheCheapestOfAllLayersTogether(long seed) {
        try (Scope scope = Scope.open()) {
            PlantedModel a = planted(OMNI, seed);
            Parameters b = planted(OMNI, seed + 100).model();
            double[][] costs = new double[4][4];
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    double square = 0;
                    for (int layer = 0; layer < 3; layer++) {
                        List<Tensor> one = grams(a.model(), layer, i);
                        List<Tensor> other = grams(b, layer, j);
                        for (int map = 0; map < 2; map++) {
                            square += Math.pow(one.get(map).subtract(other.get(map)).norm(), 2);
                        }
                    }
                    costs[i][j] = Math.sqrt(square);
                }
            }
            Permutation best = Permutation.identity(4);
            for (Permutation order : Permutation.all(4)) {
                best = cost(costs, order) < cost(costs, best) ? order : best;
            }
            Permutation found = match(a, b, new WeightMatchSettings(
                    ExpertOrdering.EXPERT, ResidualMatching.AUTO, MatchingGauge.AS_TRAINED)).permutation("experts");
            assertThat(found).isEqualTo(best);
        }
    }

    private static List<Tensor> grams(Parameters model, int layer, int expert) {
        List<Tensor> grams = new ArrayList<>();
        String place = "blocks." + layer + ".moe.experts." + expert + ".dense.";
        Tensor units = Tensor.concatenate(List.of(model.get(place + "0.weight"),
                model.get(place + "0.bias").reshape(-1, 1)), 1); // [hidden width+1]
        Tensor writers = Tensor.concatenate(List.of(model.get(place + "1.weight"),
                model.get(place + "1.bias").reshape(-1, 1)), 1); // [width hidden+1]
        grams.add(units.transpose(0, 1).matmul(units));
        grams.add(writers.matmul(writers.transpose(0, 1)));
        return grams;
    }

    private static double cost(double[][] costs, Permutation order) {
        double sum = 0;
        for (int i = 0; i < costs.length; i++) {
            sum += costs[i][order.image(i)];
        }
        return sum;
    }
}
