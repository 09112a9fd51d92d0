package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.group.Permutation;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** A model moved by a known element is moved back, in every family and layout. */
class PlantedRecoveryTest {
    static Stream<PlantedModel.Case> cases() {
        return PlantedModel.cases();
    }

    private static Alignment match(PlantedModel planted, Parameters moved, WeightMatchSettings settings) {
        return new WeightMatcher(settings)
                .match(planted.architecture(), planted.model()::get, moved::get, WorkObserver.SILENT)
                .alignment();
    }

    private static Parameters aligned(PlantedModel planted, Parameters moved, WeightMatchSettings settings) {
        return match(planted, moved, settings).apply(moved);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void ordersAreUndoneBitForBit(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            for (long seed = 0; seed < 3; seed++) {
                Parameters moved = planted.randomOrders(seed).apply(planted.model());
                Parameters back = aligned(planted, moved, WeightMatchSettings.defaults());
                for (String name : back.names()) {
                    assertThat(back.get(name).sameAs(planted.model().get(name))).describedAs(name).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGroupIsUndoneWithOneHiddenUnitEach(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(narrowed(SmallConfigs.of(family.family())));
            for (long seed = 0; seed < 12; seed++) {
                Parameters moved = planted.architecture().random(Random.seeded(seed)).apply(planted.model());
                Parameters back = aligned(planted, moved, WeightMatchSettings.defaults());
                assertThat(PlantedModel.distance(planted.model(), back)).describedAs("seed " + seed).isLessThan(1e-5);
            }
        }
    }

    /** Every network between streams with one hidden unit. */
    private static ObjectNode narrowed(ObjectNode config) {
        for (String width : List.of("intermediate_size", "moe_intermediate_size", "shared_expert_intermediate_size",
                "intermediate_size_mlp", "n_inner")) {
            if (config.has(width)) {
                config.put(width, 1);
            }
        }
        if (config.get("moe") instanceof ObjectNode moe) {
            moe.putArray("expert_hidden_sizes").add(1);
        }
        return config;
    }

    /** Every family whose stream may be rotated once gains are folded; that of BERT and RoBERTa may not. */
    static Stream<PlantedModel.Case> rotated() {
        return PlantedModel.cases().filter(family -> !family.family().matches("(ro)?bert.*"));
    }

    @ParameterizedTest
    @MethodSource("rotated")
    void rotationsOfTheStreamAreUndone(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            ObjectNode config = SmallConfigs.of(family.family());
            config.put("vocab_size", 40);
            PlantedModel planted = PlantedModel.of(config).folded(config);
            assertThat(planted.architecture().space("residual").group().kind().label()).endsWith("orthogonal");
            for (long seed = 0; seed < 2; seed++) {
                Parameters moved = planted.architecture().random(Random.seeded(seed)).apply(planted.model());
                Parameters back = aligned(planted, moved,
                        new WeightMatchSettings(
                                ExpertOrdering.BEST, ResidualMatching.ORTHOGONAL, MatchingGauge.BALANCED));
                assertThat(PlantedModel.distance(planted.model(), back)).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGroupAtOnceIsUndone(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            for (long seed = 0; seed < 3; seed++) {
                Parameters moved = planted.architecture().random(Random.seeded(seed)).apply(planted.model());
                Parameters back = aligned(planted, moved, WeightMatchSettings.defaults());
                assertThat(PlantedModel.distance(planted.model(), back)).isLessThan(1e-5);
            }
        }
    }

    /** Noise of a tenth of each tensor's root mean square, drawn before the element acts. */
    @ParameterizedTest
    @MethodSource("cases")
    void ordersAreFoundUnderTenPercentNoise(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            Count experts = new Count();
            Count units = new Count();
            for (long seed = 0; seed < 3; seed++) {
                Alignment element = planted.architecture().random(Random.seeded(seed));
                Parameters moved = element.apply(planted.noisy(0.1, seed));
                for (ExpertOrdering order : ExpertOrdering.values()) {
                    Alignment found = match(planted, moved,
                            new WeightMatchSettings(order, ResidualMatching.AUTO, MatchingGauge.BALANCED));
                    Alignment rest = found.compose(element);
                    planted.spaces(Set.of("permutation")).forEach(space ->
                            (space.contains("hidden") ? units : experts).add(rest.permutation(space)));
                }
            }
            assertThat(experts.share()).isGreaterThanOrEqualTo(0.99);
            assertThat(units.share()).isGreaterThanOrEqualTo(0.95);
        }
    }

    /** How many positions are where they belong. */
    private static final class Count {
        private int found;
        private int all;

        void add(Permutation rest) {
            found += rest.fixedPoints();
            all += rest.size();
        }

        double share() {
            return (double) found / all;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void modelsOfOneBaseKeepTheirWeightsBitForBit(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            Parameters tuned = planted.noisy(0.05, 1);
            Match match = new WeightMatcher(WeightMatchSettings.defaults())
                    .match(planted.architecture(), planted.model()::get, tuned::get, WorkObserver.SILENT);
            assertThat(match.alignment().elements()).isEmpty();
            assertThat(match.spaces()).extracting(SpaceMatch::moved).containsOnly(0);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutContinuousMapsOnlyOrdersAndSignsAct(PlantedModel.Case family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(family);
            Alignment element = planted.architecture().random(Random.seeded(4));
            Parameters moved = element.apply(planted.model());
            Alignment found = match(planted, moved,
                    new WeightMatchSettings(
                            ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED_DISCRETE));
            Alignment rest = found.compose(element);
            assertThat(planted.spaces(Set.of("permutation"))).allSatisfy(space ->
                    assertThat(rest.permutation(space).isIdentity()).isTrue());
            found.elements().forEach((space, acting) -> {
                switch (acting) {
                    case Permutation _, SignedPermutation _ -> { }
                    case Scaling(double[] factors) ->
                        assertThat(factors).containsOnly(Arrays.stream(factors).map(Math::signum).toArray());
                    default -> throw new AssertionError(space + " has a " + acting.getClass().getSimpleName());
                }
            });
        }
    }
}
