package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

class WeightMatcherProperties {
    private static Match match(Architecture architecture, Parameters a, Parameters b, ExpertOrdering order) {
        return new WeightMatcher(new WeightMatchSettings(order, ResidualMatching.AUTO, MatchingGauge.BALANCED))
                .match(architecture, a::get, b::get, WorkObserver.SILENT);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void carriesAVitBackFromARandomElementOfItsGroup(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters a = SampleModels.loud(SampleModels.vitParameters(vit, random), random).to(DType.FLOAT64);
            Architecture architecture = ModelArchitecture.ofVit(vit, a);
            Parameters b = architecture.random(random).apply(a);
            for (ExpertOrdering order : ExpertOrdering.values()) {
                Parameters back = match(architecture, a, b, order).alignment().apply(b);
                assertThat(PlantedModel.distance(a, back)).isLessThan(1e-9);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void undoesOrdersOfAVitBitForBitInFloat32(long seed) {
        MoeConfig config = SampleModels.config(seed);
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(seed);
            VitConfig vit = SampleModels.vit(config);
            Parameters a = SampleModels.loud(SampleModels.vitParameters(vit, random), random).to(DType.FLOAT32);
            Architecture architecture = ModelArchitecture.ofVit(vit, a);
            List<String> orders = architecture.spaces().values().stream()
                    .filter(space -> space.group().kind().label().equals("permutation"))
                    .map(space -> space.name())
                    .toList();
            Parameters b = architecture.random(random, orders).apply(a);
            Parameters back = match(architecture, a, b, ExpertOrdering.BEST).alignment().apply(b);
            a.asMap().forEach((name, tensor) -> assertThat(back.get(name).sameAs(tensor)).isTrue());
        }
    }
}
