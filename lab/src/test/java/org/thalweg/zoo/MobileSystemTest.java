package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Monitor;

class MobileSystemTest {
    private final MobileSystem system = new MobileSystem();

    private Settings settings(Map<String, Double> changed) {
        Map<String, Double> values = new LinkedHashMap<>(system.defaults());
        values.putAll(changed);
        return new Settings(values);
    }

    @Test
    void symbolsFollowTheProbabilitiesOfTheirRegime() {
        RegimeSource source = RegimeSource.of(3, 1, 7);
        double[] counts = new double[3];
        for (int[] text : source.texts(4000, 3, 1)) {
            counts[text[2]] += text[0] == 1 && text[1] == 2 ? 1 : 0;
        }
        double all = Arrays.stream(counts).sum();
        for (int symbol = 0; symbol < 3; symbol++) {
            assertThat(counts[symbol] / all).isCloseTo(source.next()[0][1 * 3 + 2][symbol], within(0.08));
        }
        RegimeSource two = RegimeSource.of(4, 2, 7);
        assertThat(two.next()[0][5]).isNotEqualTo(two.next()[1][5]);
        assertThat(Arrays.stream(two.next()[1][5]).sum()).isCloseTo(1, within(1e-12));
        assertThat(two.texts(2, 9, 3).getLast()).isEqualTo(two.texts(2, 9, 3).getLast());
    }

    /** Two layers, three tokens: what is loaded, moved and taken in time, counted by hand. */
    @Test
    void transfersAreCountedAsExpertsLeaveAndEnterTheFastMemory() {
        List<long[][]> big = List.of(new long[][] {{0, 1}, {0, 1}, {2, 3}}, new long[][] {{5, 4}, {4, 5}, {4, 6}});
        List<long[][]> little = List.of(new long[][] {{0}, {1}, {2}}, new long[][] {{5}, {5}, {4}});
        double[] any = new double[3];
        ServedTokens tokens = new ServedTokens(
                new ServedTokens.Answers(new long[3], any, any, big),
                new ServedTokens.Answers(new long[3], any, any, little), new double[] {0, 1, 0});
        assertThat(tokens.needed(0, 0)).isEqualTo(1);
        assertThat(tokens.needed(0, 1)).isEqualTo(2);
        TransferCost cost = new TransferCost(2, 6, 2, 0.5);
        // Into the first layer 0, 1, 2, 3; into the second 5, 4, 6, which drives 5 out.
        assertThat(cost.of(tokens, TransferCost.Served.BIG)).isEqualTo(new TransferCost.OfToken(7 * 6 / 3.0, 7 + 1));
        // 0, 1, 2 and 5, 4.
        assertThat(cost.of(tokens, TransferCost.Served.LITTLE)).isEqualTo(new TransferCost.OfToken(5 * 6 / 3.0, 5 + 1));
        // The same, for the second token uses both models: 0, 1, 2 and 5, 4; one pass more.
        assertThat(cost.of(tokens, TransferCost.Served.FALLBACK).bytes()).isEqualTo(5 * 6 / 3.0);
        assertThat(cost.of(tokens, TransferCost.Served.FALLBACK).seconds()).isCloseTo(5 + 4 / 3.0, within(1e-12));
    }

    @Test
    void aShortTrainingLowersTheLossAndWhatIsMeasuredIsBounded() {
        try (Scope scope = Scope.open()) {
            Settings settings = settings(Map.of("symbols", 6.0, "regimes", 1.0, "texts", 320.0, "epochs", 6.0,
                    "window", 16.0, "layers", 2.0, "residual", 16.0));
            Variant variant = system.variants(settings).getFirst();
            Parameters model = system.train(variant, Optional.empty(), new SystemTraining(settings, 1, Monitor.SILENT));
            Map<String, Double> found = system.measure(variant, model, settings);
            assertThat(found.values()).allMatch(Double::isFinite);
            assertThat(found.get("loss_big")).isLessThan(Math.log(6) - 0.2);
            assertThat(found.get("fallback_share")).isBetween(0.01, 0.99);
            assertThat(found.get("experts_loaded")).isBetween(2.0, 6.0);
            assertThat(found.get("agreement_big")).isEqualTo(1);
            for (String quantity : List.of("accuracy", "agreement")) {
                for (String who : List.of("big", "little", "fallback", "random")) {
                    assertThat(found.get(quantity + "_" + who)).isBetween(0.0, 1.0);
                }
            }
            assertThat(found.get("simulated_megabytes_little")).isLessThan(found.get("simulated_megabytes_big"));
            Connection connection = system.connection(settings);
            assertThat(connection.loss().applyAsDouble(model)).isCloseTo(found.get("loss_big"), within(1e-5));
            assertThat(system.measure(variant, model, settings)).isEqualTo(found);
        }
    }

    @Test
    void numbersThatMakeNoSystemAreRefusedBeforeAnyTraining() {
        assertThat(system.variants(settings(Map.of()))).extracting(Variant::name).containsExactly("big");
        Map.of("selected", 1.0, "cached_experts", 9.0, "threshold", 1.5, "link_gigabytes", 0.0, "symbols", 65.0)
                .forEach((name, value) -> assertThatThrownBy(() -> system.variants(settings(Map.of(name, value))))
                        .as(name).isInstanceOf(WrongUse.class));
        assertThatThrownBy(() -> system.variants(settings(Map.of("selected", 9.0)))).isInstanceOf(WrongUse.class)
                .hasMessage("settings.selected is 9 but must be from 2, of which there is a half, to the 8 of "
                        + "settings.experts.");
    }
}
