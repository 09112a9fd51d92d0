package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Orders that two trainings have from their start are found at their ends, along the checkpoints between. */
class CheckpointMatcherTest {
    private static final int CHECKPOINTS = 6;
    private static final double STEP = 0.55;
    private static final WeightMatcher WEIGHTS = new WeightMatcher(new WeightMatchSettings(
            ExpertOrdering.BEST, ResidualMatching.NONE, MatchingGauge.BALANCED_DISCRETE));

    /** Models each of which is the one before with noise. */
    private static List<Parameters> walk(Parameters start, long seed) {
        List<Parameters> walk = new ArrayList<>(List.of(start));
        for (int step = 1; step < CHECKPOINTS; step++) {
            long number = step;
            Parameters last = walk.getLast();
            walk.add(last.mapNamed((name, tensor) -> {
                Random random = Random.seeded(Random.childSeed(seed + number, name));
                double deviation = STEP * start.get(name).norm() / Math.sqrt(tensor.size());
                return tensor.add(random.normal(DType.FLOAT64, tensor.shape()).multiply(deviation));
            }));
        }
        return walk;
    }

    private static Alignment match(PlantedModel planted, List<Parameters> a, List<Parameters> b) {
        Matcher along = new CheckpointMatcher(WEIGHTS, readers(a), readers(b));
        return Gradients.without(() -> along.match(planted.architecture(), a.getLast()::get, b.getLast()::get,
                WorkObserver.SILENT).alignment());
    }

    /** Those before the last. */
    private static List<TensorReader> readers(List<Parameters> training) {
        return training.subList(0, training.size() - 1).stream().<TensorReader>map(model -> model::get).toList();
    }

    /** Positions of orders at which an alignment does not undo another. */
    private static int wrong(PlantedModel planted, Alignment found, Alignment moved) {
        Alignment round = found.compose(moved);
        return orders(planted).stream().mapToInt(space -> round.element(space).moved()).sum();
    }

    /** Spaces of heads, units and experts. */
    private static List<String> orders(PlantedModel planted) {
        return planted.spaces(Set.of("permutation")).stream()
                .filter(space -> !space.equals(Architecture.STREAM)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "mixtral"})
    void ordersAreFoundWhereTheEndsAloneDoNotTellThem(String family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case(family));
            Alignment moved = planted.architecture().random(Random.seeded(5), orders(planted));
            List<Parameters> a = walk(planted.model(), 100);
            List<Parameters> b = walk(planted.model(), 200).stream().map(moved::apply).toList();
            assertThat(wrong(planted, match(planted, a, b), moved)).isZero();
            assertThat(wrong(planted, match(planted, List.of(a.getLast()), List.of(b.getLast())), moved)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "mixtral"})
    void checkpointsThatAreTheLastModelsChangeNothing(String family) {
        try (Scope scope = Scope.open()) {
            PlantedModel planted = PlantedModel.of(new PlantedModel.Case(family));
            Parameters a = planted.noisy(0.5, 1);
            Parameters b = planted.architecture().random(Random.seeded(6)).apply(planted.noisy(0.5, 2));
            Alignment alone = match(planted, List.of(a), List.of(b));
            Alignment along = match(planted, List.of(a, a, a), List.of(b, b));
            assertThat(alone.elements()).isNotEmpty();
            assertThat(PlantedModel.distance(alone.apply(b), along.apply(b))).isLessThan(1e-9);
        }
    }
}
