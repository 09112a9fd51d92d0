package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.Permutation;
import org.thalweg.group.SignedPermutation;
import org.thalweg.network.UnitFunction;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Distances;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/** The paper's costs and the published code's, each against a direct computation over all orders. */
class CostRuleTest {
    private static final int WIDTH = 8;

    private static WeightMatchSettings settings(CostRule costs) {
        return new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.NONE, MatchingGauge.AS_TRAINED, costs,
                new StartSettings(1, 0, Polishing.NONE));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void unitsOfTheOfficialRuleHaveTheSmallestSumOfDistancesOfNormalisedRows(long seed) {
        try (Scope scope = Scope.open()) {
            TwoMlps models = TwoMlps.unrelated(List.of(5, 5, 3), UnitFunction.GELU, seed);
            double[][] a = rows(models.a());
            double[][] b = rows(models.b());
            double smallest = Double.POSITIVE_INFINITY;
            Permutation closest = Permutation.identity(5);
            for (Permutation order : Permutation.all(5)) {
                double sum = 0;
                for (int i = 0; i < 5; i++) {
                    for (int k = 0; k < a[i].length; k++) {
                        sum += Math.abs(a[i][k] - b[order.image(i)][k]);
                    }
                }
                closest = sum < smallest ? order : closest;
                smallest = Math.min(smallest, sum);
            }
            assertThat(models.match(settings(CostRule.OFFICIAL)).alignment().permutation("hidden.0"))
                    .isEqualTo(closest);
        }
    }

    /** Incoming weights, bias and outgoing weights of each unit, divided by the norm of all. */
    private static double[][] rows(Parameters model) {
        Tensor rows = Tensor.concatenate(List.of(model.get("fc.0.weight"), model.get("fc.0.bias").unsqueeze(1),
                model.get("fc.1.weight").transpose(0, 1)), 1);
        double[][] result = new double[(int) rows.length(0)][];
        for (int i = 0; i < result.length; i++) {
            Tensor row = rows.select(0, i);
            result[i] = row.multiply(1 / row.norm()).toDoubles();
        }
        return result;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void distancesOfRowsAreSumsOfAbsoluteDifferences(long seed) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            Tensor one = random.normal(DType.FLOAT64, 3, 7);
            Tensor other = random.normal(DType.FLOAT64, 4, 7);
            Tensor found = Distances.l1(one, other);
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 4; j++) {
                    double expected = one.select(0, i).subtract(other.select(0, j)).abs().sum().item();
                    assertThat(Math.abs(found.select(0, i).select(0, j).item() - expected)).isLessThan(1e-12);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CostRule.class)
    void headsHaveTheSmallestSumOfTheRulesNorms(CostRule costs) {
        int different = 0;
        for (long seed = 1; seed <= 12; seed++) {
            try (Scope scope = Scope.open()) {
                ObjectNode config = SmallConfigs.of("gpt2");
                config.put("n_embd", WIDTH).put("n_head", 4).put("n_layer", 1);
                Parameters a = loud(config, seed);
                Parameters b = loud(config, seed + 100);
                Match match = new WeightMatcher(settings(costs)).match(
                        SmallConfigs.architecture(config, a), a::get, b::get, WorkObserver.SILENT);
                Permutation found = match.alignment().elements().values().stream()
                        .filter(element -> element instanceof Permutation order && order.size() == 4)
                        .map(Permutation.class::cast).findFirst().orElse(Permutation.identity(4));
                assertThat(found).isEqualTo(closest(a, b, costs));
                different += closest(a, b, CostRule.PAPER).equals(closest(a, b, CostRule.OFFICIAL)) ? 0 : 1;
            }
        }
        assertThat(different).isPositive();
    }

    private static Parameters loud(ObjectNode config, long seed) {
        Random random = Random.seeded(seed);
        return SmallConfigs.decoder(config).initialise(random).mapNamed((_, tensor) ->
                random.normal(DType.FLOAT64, tensor.shape()));
    }

    private static Permutation closest(Parameters a, Parameters b, CostRule costs) {
        double smallest = Double.POSITIVE_INFINITY;
        Permutation closest = Permutation.identity(4);
        for (Permutation order : Permutation.all(4)) {
            double sum = 0;
            for (int i = 0; i < 4; i++) {
                int j = order.image(i);
                double queries = queryKey(a, i, costs).subtract(queryKey(b, j, costs)).norm();
                double values = valueOutput(a, i).subtract(valueOutput(b, j)).norm();
                sum += costs == CostRule.PAPER ? queries * queries + values * values : queries + values;
            }
            closest = sum < smallest ? order : closest;
            smallest = Math.min(smallest, sum);
        }
        return closest;
    }

    private static Tensor queryKey(Parameters model, int head, CostRule costs) {
        Tensor keys = columns(model, 1, head);
        return columns(model, 0, head)
                .matmul((costs == CostRule.PAPER ? keys.narrow(0, 0, WIDTH) : keys).transpose(0, 1));
    }

    private static Tensor valueOutput(Parameters model, int head) {
        return columns(model, 2, head).matmul(model.get(name(model, "attn.c_proj.weight")).narrow(0, 2L * head, 2));
    }

    /** [width+1 2] of a head's queries, keys or values, the bias as last row. */
    private static Tensor columns(Parameters model, int which, int head) {
        Tensor weight = model.get(name(model, "attn.c_attn.weight"));
        Tensor bias = model.get(name(model, "attn.c_attn.bias")).unsqueeze(0);
        return Tensor.concatenate(List.of(weight, bias), 0).narrow(1, which * WIDTH + 2L * head, 2);
    }

    private static String name(Parameters model, String end) {
        return model.names().stream().filter(name -> name.endsWith(end)).findFirst().orElseThrow();
    }

    static Stream<PlantedModel.Case> cases() {
        return PlantedModel.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOfficialRuleUndoesPlantedOrdersBitForBit(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            Parameters moved = planted.randomOrders(2).apply(planted.model());
            Alignment found = new WeightMatcher(WeightMatchSettings.defaults().with(CostRule.OFFICIAL))
                    .match(planted.architecture(), planted.model()::get, moved::get, WorkObserver.SILENT).alignment();
            Parameters back = found.apply(moved);
            for (String name : back.names()) {
                assertThat(back.get(name).sameAs(planted.model().get(name))).describedAs(name).isTrue();
            }
        }
    }

    /** Signs are marginalised: the order by moduli, then the signs; with signs in the costs about half are lost. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void signedOrdersAreFoundByModuliWhereCostsWithSignsLoseThem(long seed) {
        try (Scope scope = Scope.open()) {
            int size = 40;
            Random random = Random.seeded(seed);
            Tensor a = random.normal(DType.FLOAT64, size, 60);
            Group group = new Group(GroupKind.SIGNED_PERMUTATION, size);
            SignedPermutation planted = (SignedPermutation) group.random(random);
            Tensor b = planted.inverse().applyTo(a.add(random.normal(DType.FLOAT64, size, 60).multiply(0.5)), 0);
            Correlation correlation = new Correlation(
                    Optional.of(a.matmul(b.transpose(0, 1))), Optional.empty(), Optional.empty());
            assertThat(correlation.best(new Leaf("stream", group, Optional.empty())).elements().get("stream"))
                    .isEqualTo(planted);
            Permutation withSigns = (Permutation) correlation
                    .best(new Leaf("stream", new Group(GroupKind.PERMUTATION, size), Optional.empty()))
                    .elements().get("stream");
            long kept = 0;
            for (int i = 0; i < size; i++) {
                kept += withSigns.image(i) == planted.unsigned().image(i) ? 1 : 0;
            }
            assertThat(kept).isLessThan(size * 3L / 4);
        }
    }
}
