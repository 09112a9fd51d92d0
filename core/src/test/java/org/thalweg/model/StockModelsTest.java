package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.thalweg.family.StockModel;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/** Whatever is done to a model that a stock class wrote, it goes on computing what the stock class computes. */
class StockModelsTest {
    private static final double EXACTNESS = 1e-9;
    private static final Checking CHECKING = new Checking(OptionalDouble.empty(), 4, 0, false);

    @TempDir
    private Path directory;

    static List<StockModel> models() {
        return StockModel.known();
    }

    private ModelDirectory inDouble(StockModel stock) {
        try (Scope scope = Scope.open()) {
            return stock.write(directory.resolve("stock"), stock.stored());
        }
    }

    private Output out(String name) {
        return new Output(directory.resolve(name), false);
    }

    private ModelDirectory open(String name) {
        return ModelDirectory.open(directory.resolve(name));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void aScrambledModelAlignsBackAndComputesTheSame(StockModel stock) {
        ModelDirectory model = inDouble(stock);
        Scramble.Done done = new Scramble(7, Set.of(), 0).write(model, out("moved"), CHECKING, WorkObserver.SILENT);
        assertThat(done.alignment().elements()).isNotEmpty();
        ModelDirectory moved = open("moved");
        assertThat(Models.same(model, moved)).isFalse();
        assertThat(moved.checkpoint().tensors()).isEqualTo(model.checkpoint().tensors());
        assertThat(stock.differenceOf(moved)).isLessThan(EXACTNESS);

        Align.Done aligned = new Align(
                new WeightMatching(new WeightMatchSettings(
                        ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED)), CHECKING)
                .write(model, moved, out("back"), WorkObserver.SILENT);
        assertThat(stock.differenceOf(open("back"))).isLessThan(EXACTNESS);
        LayerDistance distance = LayerDistance.all(aligned.layers());
        assertThat(distance.after()).isLessThan(1e-5 * distance.norm());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void anElementIsAppliedAndTakenBack(StockModel stock) {
        ModelDirectory model = inDouble(stock);
        new Scramble(8, Set.of(), 0).write(model, out("moved"), CHECKING, WorkObserver.SILENT);
        Path element = directory.resolve("moved").resolve(Scramble.ALIGNMENT);
        new Apply(false, CHECKING).write(element, model, out("again"), WorkObserver.SILENT);
        assertThat(Models.same(open("again"), open("moved"))).isTrue();
        new Apply(true, CHECKING).write(element, open("again"), out("back"), WorkObserver.SILENT);
        assertThat(stock.differenceOf(open("back"))).isLessThan(EXACTNESS);
        try (Scope scope = Scope.open()) {
            var back = open("back").load();
            model.load().asMap().forEach((name, tensor) -> assertThat(back.get(name).subtract(tensor).abs().max())
                    .as(name).isLessThan(1e-9 * Math.max(1, tensor.abs().max())));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void theCanonicalFormComputesTheSame(StockModel stock) {
        new Canonical(Set.of()).write(inDouble(stock), out("canonical"), WorkObserver.SILENT);
        assertThat(stock.differenceOf(open("canonical"))).isLessThan(EXACTNESS);
    }
}
