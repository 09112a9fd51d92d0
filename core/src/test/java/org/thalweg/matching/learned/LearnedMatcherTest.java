package org.thalweg.matching.learned;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** A model turned a little is turned back by learning from its own answers, and stays the same function. */
class LearnedMatcherTest {
    private static LearnedMatchSettings settings() {
        return LearnedMatchSettings.defaults()
                .with(new LearnedMatchSettings.Steps(60, 16, 0.01, 0.05, 0));
    }

    private static void requireLearned(Turned models, LearnedMatchSettings settings) {
        LearnedMatcher.Learned learned = models.learned(settings);
        double before = learned.history().getFirst().loss();
        double after = learned.history().stream().mapToDouble(Progress::loss).min().orElseThrow();
        double least = models.lossOfA();
        assertThat(after - least).isLessThan(0.5 * (before - least));
        Parameters moved = learned.match().alignment().apply(models.b());
        assertThat(models.difference(models.b(), moved)).isLessThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void streamIsTurnedBackByProjectedRotations(String family) {
        try (Scope scope = Scope.open()) {
            requireLearned(Turned.of(family), settings().with(EnumSet.of(LearnedMatchSettings.Part.STREAM)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama"})
    void streamIsTurnedBackByExponentialsOfBothEnds(String family) {
        try (Scope scope = Scope.open()) {
            requireLearned(Turned.of(family), settings().with(EnumSet.of(LearnedMatchSettings.Part.STREAM))
                    .with(LearnedMatchSettings.Rotation.EXPONENTIAL).withBothEnds());
        }
    }

    @Test
    void sameSeedGivesTheSameAlignment() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            LearnedMatchSettings few = settings().with(new LearnedMatchSettings.Steps(8, 16, 0.01, 0.05, 0));
            assertThat(models.learned(few).match().alignment()).isEqualTo(models.learned(few).match().alignment());
        }
    }

    @Test
    void divergingLearningKeepsTheBestSoFar() {
        try (Scope scope = Scope.open()) {
            Turned models = Turned.of("llama");
            LearnedMatcher.Learned learned = models.learned(settings()
                    .with(LearnedMatchSettings.Rotation.EXPONENTIAL)
                    .with(new LearnedMatchSettings.Steps(60, 16, 1e30, 0, 0)));
            assertThat(learned.match().alignment().elements().values())
                    .allSatisfy(element -> assertThat(element instanceof LinearMap map
                            && Double.isNaN(map.entries()[0])).isFalse());
            assertThat(learned.note()).isPresent();
            Parameters moved = learned.match().alignment().apply(models.b());
            assertThat(models.difference(models.b(), moved)).isLessThan(1e-3);
        }
    }

    @Test
    void exponentialOfSkewMatrixIsRotation() {
        try (Scope scope = Scope.open()) {
            Tensor z = Random.seeded(1).normal(DType.FLOAT64, 7, 7);
            Tensor rotation = LinearAlgebra.exponential(z.subtract(z.transpose(0, 1)));
            Tensor gram = rotation.matmul(rotation.transpose(0, 1));
            Tensor identity = RotationBasis.of(new Group(GroupKind.ORTHOGONAL, 7)).identity();
            assertThat(gram.subtract(identity).abs().max()).isLessThan(1e-12);
        }
    }
}
