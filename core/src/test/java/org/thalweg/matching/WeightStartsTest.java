package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.group.Permutation;
import org.thalweg.network.UnitFunction;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** Several starts, iteration to a fixed point, and the polish in the raw weights. */
class WeightStartsTest {
    private static final List<Integer> SMALL = List.of(4, 3, 3, 2);
    private static final List<Integer> DEEP = List.of(6, 9, 8, 9, 3);

    private static WeightMatchSettings settings(int starts, long seed, Polishing polish) {
        return new WeightMatchSettings(ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED_DISCRETE)
                .with(new StartSettings(starts, seed, polish));
    }

    /** The smallest squared distance of all orders of two hidden layers. */
    private static double smallest(TwoMlps models) {
        double smallest = Double.POSITIVE_INFINITY;
        for (Permutation one : Permutation.all(3)) {
            for (Permutation other : Permutation.all(3)) {
                smallest = Math.min(smallest, models.squaredDistance(
                        new Alignment(models.architecture(), Map.of("hidden.0", one, "hidden.1", other))));
            }
        }
        return smallest;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void manyStartsFindTheClosestOfAllOrders(long seed) {
        for (UnitFunction function : UnitFunction.values()) {
            try (Scope scope = Scope.open()) {
                TwoMlps models = TwoMlps.unrelated(SMALL, function, seed);
                Match match = models.match(settings(24, seed, Polishing.ORDERS));
                assertThat(models.squaredDistance(match.alignment())).isCloseTo(smallest(models), within(1e-9));
            }
        }
    }

    @Test
    void oneStartDoesNotAlwaysFindIt() {
        int missed = 0;
        for (long seed = 1; seed <= 8; seed++) {
            try (Scope scope = Scope.open()) {
                TwoMlps models = TwoMlps.unrelated(SMALL, UnitFunction.RELU, seed);
                double found = models.squaredDistance(models.match(settings(1, 0, Polishing.NONE)).alignment());
                missed += found > smallest(models) + 1e-9 ? 1 : 0;
            }
        }
        assertThat(missed).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void noOrderOfOneLayerIsCloserThanThePolishedOne(long seed) {
        try (Scope scope = Scope.open()) {
            TwoMlps models = TwoMlps.unrelated(SMALL, UnitFunction.RELU, seed);
            Alignment found = models.match(settings(1, 0, Polishing.ORDERS)).alignment();
            double distance = models.squaredDistance(found);
            for (String space : List.of("hidden.0", "hidden.1")) {
                for (Permutation order : Permutation.all(3)) {
                    Alignment other = new Alignment(models.architecture(), Map.of(space, order)).compose(found);
                    assertThat(models.squaredDistance(other)).isGreaterThan(distance - 1e-6);
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everySweepOfThePolishComesCloser(long seed) {
        try (Scope scope = Scope.open()) {
            TwoMlps models = TwoMlps.unrelated(DEEP, UnitFunction.RELU, seed);
            Match match = models.match(settings(3, seed, Polishing.ORDERS));
            double before = Double.NaN;
            double best = Double.POSITIVE_INFINITY;
            for (Objective objective : match.objectives()) {
                boolean isOnePass = match.objectives().stream()
                        .filter(other -> other.start() == objective.start())
                        .filter(other -> other.stage() == Objective.Stage.MATCH).count() == 1;
                assertThat(objective.innerProduct().isPresent())
                        .isEqualTo(objective.stage() == Objective.Stage.MATCH && !isOnePass);
                if (objective.stage() == Objective.Stage.POLISH) {
                    assertThat(objective.squaredDistance()).isLessThan(before);
                }
                before = objective.squaredDistance();
                best = Math.min(best, before);
            }
            assertThat(match.objectives()).extracting(Objective::start).contains(1, 2, 3);
            assertThat(models.squaredDistance(match.alignment())).isCloseTo(best, within(1e-9 * best));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void moreStartsNeverLeaveMoreAndEqualSeedsGiveTheSame(long seed) {
        try (Scope scope = Scope.open()) {
            TwoMlps models = TwoMlps.unrelated(DEEP, UnitFunction.RELU, seed);
            double before = Double.POSITIVE_INFINITY;
            for (int starts : new int[] {1, 2, 5, 9}) {
                Match match = models.match(settings(starts, seed, Polishing.ORDERS));
                double distance = models.squaredDistance(match.alignment());
                assertThat(distance).isLessThanOrEqualTo(before);
                before = distance;
                Match again = models.match(settings(starts, seed, Polishing.ORDERS));
                assertThat(again.alignment().elements()).isEqualTo(match.alignment().elements());
                assertThat(again.objectives()).isEqualTo(match.objectives());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(UnitFunction.class)
    void plantedOrdersUnderNoiseAreFoundWithSeveralStartsAndASecondMatchChangesNothing(UnitFunction function) {
        for (long seed = 1; seed <= 4; seed++) {
            try (Scope scope = Scope.open()) {
                TwoMlps models = TwoMlps.unrelated(DEEP, function, seed);
                Random random = Random.seeded(seed);
                Parameters noisy = models.a().mapNamed((_, tensor) -> tensor.add(random
                        .normal(DType.FLOAT64, tensor.shape())
                        .multiply(0.2 * tensor.norm() / Math.sqrt(tensor.size()))));
                List<String> orders = List.of("hidden.0", "hidden.1", "hidden.2");
                Alignment planted = models.architecture().random(random, orders);
                TwoMlps moved = models.with(planted.apply(noisy));
                WeightMatchSettings settings = settings(4, seed, Polishing.ORDERS);
                Alignment found = moved.match(settings).alignment();
                Alignment rest = found.compose(planted);
                assertThat(orders).allSatisfy(space -> assertThat(rest.permutation(space).isIdentity()).isTrue());
                assertThat(moved.with(found.apply(moved.b())).match(settings).alignment().elements()).isEmpty();
            }
        }
    }

    @Test
    void aStartIsRequired() {
        assertThatThrownBy(() -> new StartSettings(0, 0, Polishing.NONE))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least one start");
    }

    /** A stream with signs: B is A in another signed order, with noise. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyStartFindsAPlantedStream(long seed) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case("llama"));
            Parameters moved = planted.randomOrders(seed).apply(planted.noisy(0.05, seed));
            Match match = new WeightMatcher(new WeightMatchSettings(
                            ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED)
                            .with(new StartSettings(6, seed, Polishing.MAPS)))
                    .match(planted.architecture(), planted.model()::get, moved::get,
                            WorkObserver.SILENT);
            Optional<SpaceMatch> stream = match.spaces().stream()
                    .filter(space -> space.space().equals(ResidualStream.SPACE)).findFirst();
            assertThat(stream.orElseThrow().by()).isEqualTo("weights");
            double noise = new RawDistance(new SpaceTree(planted.architecture()),
                    planted.model()::get, planted.noisy(0.05, seed)::get).squared(planted.architecture().identity());
            for (Objective objective : match.objectives()) {
                if (objective.stage() == Objective.Stage.GAUGE && objective.start() != 3) {
                    assertThat(objective.squaredDistance()).isLessThan(1.001 * noise);
                }
            }
        }
    }
}
