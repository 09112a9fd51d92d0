package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Many moved copies of one model come together, and the way round any cycle is the identity. */
class UniverseMatcherTest {
    private static UniverseMatcher.Universe universe(PlantedModel planted, List<Parameters> models) {
        List<TensorReader> readers = models.stream().<TensorReader>map(model -> model::get).toList();
        return Gradients.without(() -> new UniverseMatcher(new WeightMatcher(WeightMatchSettings.defaults()), 4)
                .match(planted.architecture(), readers, WorkObserver.SILENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "mixtral"})
    void movedCopiesComeTogether(String family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case(family));
            List<Parameters> models = new ArrayList<>();
            for (long seed = 0; seed < 3; seed++) {
                models.add(planted.architecture().random(Random.seeded(seed)).apply(planted.model()));
            }
            UniverseMatcher.Universe found = universe(planted, models);
            assertThat(found.alignments().getFirst()).isEqualTo(planted.architecture().identity());
            for (int model = 1; model < models.size(); model++) {
                Parameters carried = found.alignments().get(model).apply(models.get(model));
                assertThat(PlantedModel.distance(models.getFirst(), carried)).isLessThan(1e-4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "mixtral"})
    void spreadOfUnrelatedModelsNeverGrowsByRounds(String family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case(family));
            List<Parameters> models = List.of(planted.noisy(1, 1), planted.noisy(1, 2), planted.noisy(1, 3));
            List<Double> objectives = universe(planted, models).objectives();
            for (int round = 1; round < objectives.size(); round++) {
                assertThat(objectives.get(round)).isLessThanOrEqualTo(objectives.get(round - 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama"})
    void cyclesOfModelsAreClosed(String family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case(family));
            List<Parameters> models = List.of(planted.noisy(0.5, 1), planted.noisy(0.5, 2), planted.noisy(0.5, 3));
            List<Alignment> found = universe(planted, models).alignments();
            Alignment oneToTwo = found.get(2).inverse().compose(found.get(1));
            Alignment round = found.get(2).compose(oneToTwo).compose(found.get(1).inverse());
            Parameters back = round.apply(models.getFirst());
            assertThat(PlantedModel.distance(models.getFirst(), back)).isLessThan(1e-9);
        }
    }
}
