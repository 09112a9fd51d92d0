package org.thalweg.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.thalweg.family.ModelArchitecture;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.SampleModels;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

class ResidualStreamTest {
    @Test
    void biasesOfExpertsThatAreNotMatchedYetDoNotCount() {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(2);
            VitConfig vit = SampleModels.vit(new MoeConfig(4, new Gating.Dense(), List.of(5), UnitFunction.GELU));
            Parameters a = SampleModels.loud(SampleModels.vitParameters(vit, random), random).to(DType.FLOAT64);
            Architecture architecture = ModelArchitecture.ofVit(vit, a);
            Parameters b = architecture.random(random).apply(a);
            SpaceMatch stream = new WeightMatcher(WeightMatchSettings.defaults())
                    .match(architecture, a::get, b::get, WorkObserver.SILENT)
                    .spaces().stream()
                    .filter(space -> space.space().equals("residual"))
                    .findFirst().orElseThrow();
            assertThat(stream.moved()).isPositive();
            assertThat(stream.similarity().orElseThrow()).isCloseTo(1, within(1e-12));
        }
    }
}
