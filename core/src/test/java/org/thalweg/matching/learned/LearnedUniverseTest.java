package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.UniverseMatcher.Universe;
import org.thalweg.symmetry.Alignment;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Three models of which two are turned are brought together by the losses of their means, none changed. */
class LearnedUniverseTest {
    private record Case(Turned models, List<Parameters> all) {
        static Case of(String family) {
            Turned models = Turned.of(family);
            return new Case(models, List.of(models.a(), models.b(), models.turned(6)));
        }

        Universe learned(LearnedMatchSettings settings) {
            return new LearnedUniverse(models.network(), models.examples(),
                    (architecture, readers, _) -> new Universe(
                            readers.stream().map(_ -> architecture.identity()).toList(), List.of(), List.of()),
                    settings, Running.USUAL).match(models.architecture(),
                    all.stream().<TensorReader>map(model -> model::get).toList(), WorkObserver.SILENT);
        }

        List<Parameters> moved(Universe found) {
            return IntStream.range(0, all.size())
                    .mapToObj(model -> found.alignments().get(model).apply(all.get(model))).toList();
        }

        static Parameters mean(List<Parameters> models) {
            return models.get(0).lerp(models.get(1), 0.5).lerp(models.get(2), 1.0 / 3);
        }
    }

    private static LearnedMatchSettings settings(int steps) {
        return LearnedMatchSettings.defaults().with(EnumSet.of(LearnedMatchSettings.Part.STREAM))
                .with(Sampler.DIRICHLET).with(new LearnedMatchSettings.Steps(steps, 16, 0.01, 0.05, 0));
    }

    private static void requireBroughtTogether(Case one, LearnedMatchSettings settings) {
        Universe found = one.learned(settings);
        double least = one.models().heldOutLoss(one.models().a());
        double before = one.models().heldOutLoss(Case.mean(one.all())) - least;
        double after = one.models().heldOutLoss(Case.mean(one.moved(found))) - least;
        assertThat(before).isGreaterThan(0.1);
        assertThat(after).isLessThan(0.5 * before);
        assertThat(found.notes().getFirst()).contains("the centre of the simplex and the middles of the edges");
        requireSameFunctions(one, found);
    }

    /** In float64 every model is what it was, and the way round the cycle of all three is the identity. */
    private static void requireSameFunctions(Case one, Universe found) {
        List<Alignment> alignments = found.alignments();
        assertThat(alignments.getFirst()).isEqualTo(one.models().architecture().identity());
        for (int model = 0; model < alignments.size(); model++) {
            Parameters wide = one.all().get(model).to(DType.FLOAT64);
            assertThat(one.models().difference(wide, alignments.get(model).apply(wide))).isLessThan(1e-9);
        }
        Alignment oneToTwo = alignments.get(2).inverse().compose(alignments.get(1));
        Alignment round = alignments.get(2).compose(oneToTwo).compose(alignments.get(1).inverse());
        Parameters first = one.all().getFirst().to(DType.FLOAT64);
        Parameters back = round.apply(first);
        first.asMap().forEach((name, tensor) ->
                assertThat(back.get(name).subtract(tensor).abs().max()).as(name).isLessThan(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void turnedModelsAreBroughtTogether(String family) {
        try (Scope scope = Scope.open()) {
            requireBroughtTogether(Case.of(family), settings(60));
        }
    }

    @Test
    void theFirstModelMayMoveTooAndStaysAllTheSame() {
        try (Scope scope = Scope.open()) {
            requireBroughtTogether(Case.of("llama"), settings(60).withBothEnds());
        }
    }

    @Test
    void twoModelsHaveASimplexToo() {
        try (Scope scope = Scope.open()) {
            Case three = Case.of("llama");
            Case two = new Case(three.models(), three.all().subList(0, 2));
            Universe found = two.learned(settings(60));
            double least = two.models().heldOutLoss(two.models().a());
            Parameters middle = two.all().get(0).lerp(two.all().get(1), 0.5);
            List<Parameters> moved = two.moved(found);
            assertThat(two.models().heldOutLoss(moved.get(0).lerp(moved.get(1), 0.5)) - least)
                    .isLessThan(0.5 * (two.models().heldOutLoss(middle) - least));
        }
    }

    @Test
    void samplersOfALineAreForTwoModels() {
        try (Scope scope = Scope.open()) {
            Case three = Case.of("llama");
            assertThatThrownBy(() -> three.learned(settings(1).with(Sampler.NARROW))).isInstanceOf(WrongUse.class)
                    .hasMessageContaining("the sampler narrow is for the line between two models, and there are 3");
        }
    }

    @Test
    void theSameSeedGivesTheSameAlignments() {
        try (Scope scope = Scope.open()) {
            Case three = Case.of("llama");
            assertThat(three.learned(settings(6)).alignments()).isEqualTo(three.learned(settings(6)).alignments());
            assertThat(three.learned(settings(6).with(9)).alignments())
                    .isNotEqualTo(three.learned(settings(6)).alignments());
        }
    }
}
