package org.thalweg.matching.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;

/** A model moved by a known element is carried back, in every family and layout. */
class PlantedRecoveryTest {
    static Stream<PlantedModel.Case> cases() {
        return PlantedModel.cases();
    }

    private static Parameters aligned(PlantedModel planted, Parameters moved, WeightMatchSettings settings) {
        Alignment found = WeightMatcher
                .match(planted.architecture(), planted.model()::get, moved::get, settings, _ -> { })
                .alignment();
        return found.apply(moved);
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
}
