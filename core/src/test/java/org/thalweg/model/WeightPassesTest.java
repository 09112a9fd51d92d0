package org.thalweg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.IdentityMatching;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.matching.Objective;
import org.thalweg.matching.Polishing;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.StartSettings;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.tensor.WorkObserver;

/** Weight matching that ends early, and matching that does not begin. */
class WeightPassesTest {
    private static final WeightMatchSettings SETTINGS = new WeightMatchSettings(
            ExpertOrdering.BEST, ResidualMatching.ORTHOGONAL, MatchingGauge.BALANCED)
            .with(new StartSettings(1, 0, Polishing.NONE));

    @TempDir
    private Path directory;

    private Models models;
    private ModelDirectory a;
    private ModelDirectory b;

    @BeforeEach
    void placeModels() {
        models = new Models(directory);
        a = models.write("a", SmallConfigs.of("gpt2"), 3, weights -> weights);
        b = models.write("b", SmallConfigs.of("gpt2"), 4, weights -> weights);
    }

    private Align.Done align(MatchingMethod method, String name) {
        return new Align(method, new Checking(OptionalDouble.empty(), 8, 0, false)).write(
                a, b, models.out(name), Optional.of(models.out(name + "-reference")), WorkObserver.SILENT);
    }

    private List<Double> products(int passes) {
        return align(new WeightMatching(SETTINGS.withPasses(passes)), "out" + passes).match().objectives().stream()
                .filter(objective -> objective.stage() == Objective.Stage.MATCH)
                .map(objective -> objective.innerProduct().orElseThrow()).toList();
    }

    @Test
    void fewerPassesReachWhatMoreReachOnTheirWay() {
        List<Double> all = products(WeightMatchSettings.MOST_PASSES);
        assertThat(all).hasSizeGreaterThan(2);
        assertThat(all.get(1)).isGreaterThan(all.get(0));
        for (int passes = 1; passes < all.size(); passes++) {
            assertThat(products(passes)).isEqualTo(all.subList(0, passes));
        }
    }

    @Test
    void theNumberOfPassesIsToldWhereItIsNotTheUsualOne() {
        assertThat(new WeightMatching(SETTINGS).settings()).doesNotContainKey("passes");
        assertThat(new WeightMatching(SETTINGS.withPasses(2)).settings()).containsEntry("passes", "2");
        assertThat(SETTINGS.withPasses(2).with(ResidualMatching.NONE).passes()).isEqualTo(2);
        assertThatThrownBy(() -> SETTINGS.withPasses(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ORTHOGONAL", "NONE"})
    void withoutMatchingBIsWrittenInTheFormInWhichItWouldBeMatched(ResidualMatching residual) {
        Align.Done done = align(new IdentityMatching(residual), "same");
        assertThat(done.match().alignment().elements()).isEmpty();
        assertThat(done.match().spaces()).isNotEmpty().allMatch(space -> space.moved() == 0);
        ModelDirectory same = ModelDirectory.open(directory.resolve("same"));
        if (residual == ResidualMatching.ORTHOGONAL) {
            new Canonical(Set.of(CanonicalForm.LAYER_NORMS)).write(b, models.out("folded"));
            assertThat(Models.same(ModelDirectory.open(directory.resolve("folded")), same)).isTrue();
        }
        assertThat(Models.same(b, same)).isEqualTo(residual == ResidualMatching.NONE);
    }
}
