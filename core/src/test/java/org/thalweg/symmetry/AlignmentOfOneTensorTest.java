package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.family.SmallConfigs;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** One tensor moved without the rest of its model. */
class AlignmentOfOneTensorTest {
    @Test
    void readsOneTensorAndGivesWhatCarryingTheModelGives() {
        Decoder decoder =
                SmallConfigs.decoder(SmallConfigs.of("mixtral"));
        try (Scope scope = Scope.open()) {
            Parameters model = decoder.initialise(Random.seeded(1));
            Architecture architecture = SmallConfigs.architecture(SmallConfigs.of("mixtral"), model);
            Alignment alignment = architecture.random(Random.seeded(2));
            Parameters moved = alignment.apply(model);
            Set<String> sources = new HashSet<>();
            for (String name : model.names()) {
                List<String> read = new ArrayList<>();
                Tensor alone = alignment.apply(name, source -> {
                    read.add(source);
                    return model.get(source);
                });
                assertThat(alone.sameAs(moved.get(name))).as(name).isTrue();
                assertThat(read).as(name).hasSize(1);
                sources.addAll(read);
            }
            assertThat(sources).isEqualTo(model.names());
            assertThatThrownBy(() -> alignment.apply("nothing", model::get))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the architecture 'mixtral' has no tensor 'nothing'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "gpt2", "phi3", "gpt_neox", "llama4_text"})
    void exactlyMovedTensorsAreThoseOfTheModelInFloat64AndTheModelStays(String family) {
        try (Scope scope = Scope.open()) {
            Parameters single = SmallConfigs.decoder(SmallConfigs.of(family)).initialise(Random.seeded(3));
            Parameters model = single.to(DType.FLOAT64);
            Parameters before = model.map(Tensor::copy);
            Architecture architecture = SmallConfigs.architecture(SmallConfigs.of(family), model);
            for (Alignment alignment : List.of(architecture.random(Random.seeded(4)), architecture.identity())) {
                Parameters expected = alignment.apply(model);
                for (String name : model.names()) {
                    assertThat(alignment.exact(name, single::get).sameAs(expected.get(name))).as(name).isTrue();
                    assertThat(alignment.exact(name, model::get).sameAs(expected.get(name))).as(name).isTrue();
                    assertThat(model.get(name).sameAs(before.get(name))).as(name).isTrue();
                }
            }
        }
    }
}
