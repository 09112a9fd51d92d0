package org.thalweg.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Curve;
import org.thalweg.connectivity.Grid;
import org.thalweg.connectivity.LossAndAccuracy;

class ReinitialisationRowTest {
    @Test
    void aPathThatDipsHasNoBarrierAndANegativeOneWithoutItsEnds() {
        List<ReinitialisationRow> rows = ReinitialisationRow.summarise(List.of(),
                List.of(model("a", 1), model("b", 3)), List.of(path(1.0, 0.9, 1.0)));
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.naiveBarrier()).hasValue(0);
            assertThat(row.interiorBarrier().orElseThrow()).isCloseTo(-0.1, within(1e-12));
            assertThat(row.finetunedLoss()).hasValue(2);
            assertThat(row.pretrainedLoss()).isEmpty();
        });
    }

    @Test
    void barriersAreMeansOverTheMeasuredPathsOfTheLayer() {
        LayerPath excluded = new LayerPath(1, MethodPath.of(
                new MethodPath.Place("toy", "vanilla", PathForm.WEIGHTS, "a", "c"),
                new PairOutcome.Excluded("c diverged.")));
        List<ReinitialisationRow> rows = ReinitialisationRow.summarise(List.of(),
                List.of(model("a", 1), model("b", 3), ReinitialisedModel.diverged(
                        new ReinitialisedModel.Place("c", "toy", 1, 7), "c diverged.")),
                List.of(path(1, 2, 1), path(1, 4, 1), excluded, new LayerPath(2, path(1, 9, 1).path())));
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.replicas()).isEqualTo(2);
            assertThat(row.naiveBarrier()).hasValue(2);
        });
    }

    @Test
    void thePapersTableHasFiveRowsAndNoAccuracyOfLanguageModels() {
        List<PaperReinitialisation> table = PaperReinitialisation.table();
        assertThat(table).extracting(PaperReinitialisation::dataset)
                .containsExactly("IMDB", "AGNEWS", "DBPedia", "EnWik8", "PTB-word");
        assertThat(table.get(1).reinitialisedAccuracy().orElseThrow()).isCloseTo(0.7664, within(1e-12));
        assertThat(table.get(4).naiveBarrier()).isEqualTo(-0.0454);
        assertThat(table.get(4).pretrainedAccuracy()).isEmpty();
    }

    private static ReinitialisedModel model(String id, double loss) {
        return ReinitialisedModel.of(new ReinitialisedModel.Place(id, "toy", 1, 7),
                new ReinitialisedModel.Scores(loss + 1, 0.5), new ReinitialisedModel.Scores(loss, 0.75), "place");
    }

    private static LayerPath path(double... loss) {
        LossAndAccuracy curves =
                new LossAndAccuracy(new Curve(Grid.uniform(loss.length), loss), Optional.empty());
        return new LayerPath(1, MethodPath.of(new MethodPath.Place(
                "toy", "vanilla", PathForm.WEIGHTS, "a", "b"),
                PairOutcome.Measured.of(curves)));
    }
}
