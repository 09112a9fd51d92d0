package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Monitor;

class MetisHomeSystemTest {
    private final MetisHomeSystem system = new MetisHomeSystem();

    private Settings settings(Map<String, Double> changed) {
        Map<String, Double> values = new LinkedHashMap<>(system.defaults());
        values.putAll(changed);
        return new Settings(values);
    }

    private Settings small() {
        return settings(Map.of("modulus", 3.0, "items", 3.0, "residual", 16.0, "hidden", 16.0, "layers", 1.0,
                "queries", 256.0, "epochs", 8.0, "tuning_epochs", 8.0, "batch", 32.0));
    }

    @Test
    void answersAreTheValueAskedForOrTheSumThoughtOutStepByStep() {
        try (Scope scope = Scope.open()) {
            HomeQueries rules = new HomeQueries(7, 3);
            HomeQueries.Query lookup = new HomeQueries.Query(false, 0, 1, new int[] {4, 6, 5});
            HomeQueries.Query chain = new HomeQueries.Query(true, 2, 1, new int[] {4, 6, 5});
            int result = 21; // The tokens of results stand behind those of three items of seven values.
            assertThat(rules.answer(lookup)).isEqualTo(result + 6);
            assertThat(rules.answer(chain)).isEqualTo(result + 1);
            long none = Examples.IGNORED;
            Examples texts = rules.examples(List.of(lookup, chain), HomeQueries.Query::isChain);
            assertThat(texts.labels(new int[] {0, 1}).toLongs()).containsExactly(
                    none, none, none, none, rules.direct(), rules.equality(), result + 6, none, none, none,
                    none, none, none, none, rules.thinking(), result + 4, result + 3, result + 1, rules.equality(),
                    result + 1);
            long[] inputs = texts.inputs(new int[] {1}).toLongs();
            assertThat(Arrays.copyOfRange(inputs, 0, 5)).containsExactly(rules.tokens(chain)[0],
                    rules.tokens(chain)[1], 4, 7 + 6, 14 + 5);
            assertThat(rules.thinks(texts.inputs(new int[] {0, 1})).toLongs()).containsExactly(0, 1);
            assertThat(rules.examples(List.of(lookup), _ -> true).labels(new int[] {0}).toLongs()).containsSequence(
                    rules.thinking(), result + 4, result + 6, rules.equality(), result + 6, none);
        }
    }

    @Test
    void noListOfValuesIsBothTrainedOnAndHeldOut() {
        HomeQueries rules = new HomeQueries(4, 4);
        Set<String> seen = new HashSet<>();
        rules.draw(500, false, 1).forEach(query -> seen.add(Arrays.toString(query.values())));
        List<HomeQueries.Query> heldOut = rules.draw(100, true, 2);
        assertThat(heldOut).noneMatch(query -> seen.contains(Arrays.toString(query.values())));
        assertThat(heldOut.stream().filter(HomeQueries.Query::isChain).count()).isEqualTo(50);
        assertThat(IntStream.range(0, 100).allMatch(i -> Arrays.equals(
                heldOut.get(i).values(), rules.draw(100, true, 2).get(i).values()))).isTrue();
    }

    @Test
    void aShortTrainingLowersTheLossAndTheRouterLearnsItsLabels() {
        try (Scope scope = Scope.open()) {
            Settings settings = small();
            SystemTraining run = new SystemTraining(settings, 1, Monitor.SILENT);
            Map<String, Parameters> models = new LinkedHashMap<>();
            Map<String, Map<String, Double>> found = new LinkedHashMap<>();
            for (Variant variant : system.variants(settings)) {
                Parameters model = system.train(variant, variant.from().map(models::get), run);
                models.put(variant.name(), model);
                found.put(variant.name(), system.measure(variant, model, settings));
            }
            found.forEach((variant, numbers) -> {
                assertThat(numbers.values()).as(variant).allMatch(Double::isFinite);
                assertThat(numbers.get("loss")).as(variant).isLessThan(2);
                List.of("lookup", "reason").forEach(kind -> {
                    assertThat(numbers.get("accuracy_" + kind)).isBetween(0.0, 1.0);
                    assertThat(numbers.get("steps_" + kind)).isBetween(1.0, 6.0);
                });
            });
            assertThat(found.get("base").get("thinking_reason")).isLessThan(0.5);
            assertThat(found.get("all-think").get("thinking_lookup")).isGreaterThan(0.5);
            assertThat(found.get("home").get("thinking_reason")).isGreaterThan(0.7);
            assertThat(found.get("home").get("thinking_lookup")).isLessThan(0.3);
            Connection connection = system.connection(settings);
            assertThat(connection.loss().applyAsDouble(models.get("home")))
                    .isEqualTo(found.get("home").get("loss"));
            assertThat(connection.architecture().tensors().keySet()).isEqualTo(models.get("home").names());
        }
    }

    @Test
    void theDefaultsMakeASystemAndOtherNumbersARefusal() {
        assertThat(system.variants(settings(Map.of()))).extracting(Variant::steps)
                .containsExactly(1600L, 800L, 800L, 800L, 800L);
        assertThat(system.variants(settings(Map.of()))).extracting(Variant::name)
                .containsExactly("base", "reasoner", "all-think", "mixed", "home");
        assertThat(system.variants(settings(Map.of())).getLast().from()).isEqualTo(Optional.of("reasoner"));
        assertThatThrownBy(() -> system.variants(settings(Map.of("modulus", 1.0)))).isInstanceOf(WrongUse.class)
                .hasMessageContaining("settings.modulus is 1");
        assertThatThrownBy(() -> system.variants(settings(Map.of("residual", 30.0)))).isInstanceOf(WrongUse.class)
                .hasMessageContaining("multiple of 8");
        assertThatThrownBy(() -> system.variants(settings(Map.of("router_hidden", 0.0)))).isInstanceOf(WrongUse.class)
                .hasMessageContaining("settings.router_hidden");
    }
}
