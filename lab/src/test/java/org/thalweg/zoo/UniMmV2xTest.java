package org.thalweg.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.birdseye.BirdsEye;
import org.thalweg.network.birdseye.BirdsEyeScene;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.training.Monitor;
import org.thalweg.training.TrainingLoss;

class UniMmV2xTest {
    private static final UniMmV2x SYSTEM = new UniMmV2x();
    private static final BirdsEyeScene SCENE = new BirdsEyeScene(16, 3, 3, 4, 4, 3);

    private static Settings settings(Map<String, Double> changed) {
        Map<String, Double> values = new LinkedHashMap<>(SYSTEM.defaults());
        values.putAll(Map.of("scenes", 96.0, "test_scenes", 32.0, "epochs", 3.0, "rate", 0.01));
        values.putAll(changed);
        return new Settings(values);
    }

    @Test
    void turnsAreArcsAndTheRestIsStraight() {
        UniMmScenes.Motion left = new UniMmScenes.Motion(3, 5, 0.7, 1.2, 0.3);
        double radius = 1.2 / 0.3;
        double x = 3 - radius * Math.sin(0.7);
        double y = 5 + radius * Math.cos(0.7);
        for (int step = -3; step <= 5; step++) {
            double[] place = left.at(step);
            assertThat(Math.hypot(place[0] - x, place[1] - y)).isCloseTo(radius, within(1e-12));
            assertThat(Math.atan2(place[1] - y, place[0] - x))
                    .isCloseTo(0.7 + 0.3 * step - Math.PI / 2, within(1e-12));
        }
        assertThat(new UniMmScenes.Motion(3, 5, 0.7, 1.2, 0).at(2))
                .containsExactly(3 + 2.4 * Math.cos(0.7), 5 + 2.4 * Math.sin(0.7));
    }

    @Test
    void scenesAreThoseOfTheirSeed() {
        UniMmScenes scenes = UniMmScenes.made(SCENE, 200, 1);
        assertThat(UniMmScenes.made(SCENE, 200, 1).inputs()).containsExactly(scenes.inputs());
        assertThat(UniMmScenes.made(SCENE, 200, 2).inputs()).isNotEqualTo(scenes.inputs());
        assertThat(scenes.manoeuvres()).containsOnly(0, 1, 2);
        for (int object = 0; object < 800; object++) {
            int track = object / 4 * SCENE.inputs() + 3 * 256 + object % 4 * 3;
            double x = scenes.places()[2 * object];
            // The agent in whose half an object is has seen it, and tracks it a pose error away.
            int own = track + SCENE.agentAt(x) * 12;
            assertThat(scenes.inputs()[own + 2]).isEqualTo(1);
            assertThat((double) scenes.inputs()[own]).isCloseTo(x, within(1.5));
            int label = object / 4 * (256 + 32) + 256 + object % 4 * 8;
            double step = Math.hypot(scenes.labels()[label] - x,
                    scenes.labels()[label + 1] - scenes.places()[2 * object + 1]);
            assertThat(step).isBetween(0.79, 1.4);
        }
    }

    @Test
    void aShortTrainingLowersTheLossAndMeasuresAreBounded() {
        Settings settings = settings(Map.of());
        List<Variant> variants = SYSTEM.variants(settings);
        assertThat(variants).hasSize(8);
        assertThat(variants).allSatisfy(variant -> assertThat(variant.steps()).isEqualTo(18));
        try (Scope scope = Scope.open()) {
            Connection connection = SYSTEM.connection(settings);
            Variant whole = variants.getLast();
            assertThat(SYSTEM.connected()).isEqualTo(whole.name());
            List<Double> losses = new ArrayList<>();
            Parameters model = SYSTEM.train(whole, Optional.empty(), new SystemTraining(settings, 3, watching(losses)));
            assertThat(losses.getLast()).isLessThan(0.7 * losses.getFirst());
            assertThat(connection.loss().applyAsDouble(model)).isLessThan(losses.getFirst());
            Map<String, Double> measured = SYSTEM.measure(whole, model, settings);
            assertThat(measured.get("min_ade")).isBetween(0.0, 3.0);
            assertThat(measured.get("min_fde")).isGreaterThan(measured.get("min_ade"));
            for (String share : List.of("occupancy_f1", "encoder_nmi", "decoder_nmi")) {
                assertThat(measured.get(share)).isBetween(0.0, 1.0);
            }
            assertThat(SYSTEM.measure(whole, model, settings)).isEqualTo(measured);
            assertThat(connection.architecture().space(connection.experts().orElseThrow()).group().size()).isEqualTo(4);
        }
    }

    private static Monitor watching(List<Double> losses) {
        return new Monitor() {
            @Override
            public void stepDone(double loss) {
                losses.add(loss);
            }

            @Override
            public void resumedAfter(long steps) {
                assertThat(steps).isZero();
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    @Test
    void theLossOfAStepIsThatOfItsSeedAndRoutersAddToIt() {
        try (Scope scope = Scope.open()) {
            Connection connection = SYSTEM.connection(settings(Map.of()));
            BirdsEye network = (BirdsEye) connection.network();
            Parameters model = DeclaredTensor.draw(network.tensors().values(), Random.seeded(1));
            UniMmScenes scenes = UniMmScenes.made(network.config().scene(), 8, 1);
            LongToDoubleFunction loss = step -> new UniMmLoss(network.config().scene(), 2, 0.05, 4).of(pass(
                    network, model, scenes, step)).item();
            assertThat(loss.applyAsDouble(1)).isEqualTo(loss.applyAsDouble(1)).isNotEqualTo(loss.applyAsDouble(2));
            double unbalanced = new UniMmLoss(network.config().scene(), 2, 0, 4).of(
                    pass(network, model, scenes, 1)).item();
            // Of n shares that sum to 1 the variance is at most (n - 1) / n², here of two routers' two terms.
            assertThat(loss.applyAsDouble(1) - unbalanced).isGreaterThan(0).isLessThan(0.05 * 4 * 3 / 16);
        }
    }

    private static TrainingLoss.Pass pass(BirdsEye network, Parameters model, UniMmScenes scenes, long step) {
        int[] all = IntStream.range(0, scenes.size()).toArray();
        return new TrainingLoss.Pass(network, model, scenes.inputs(all), 0, scenes.labels(all), step);
    }

    @Test
    void effectsAreMeansOverAllOtherChoices() {
        Map<String, List<Map<String, Double>>> measured = new LinkedHashMap<>();
        for (Variant variant : SYSTEM.variants(settings(Map.of()))) {
            List<Map<String, Double>> seeds = new ArrayList<>();
            for (int seed = 0; seed < 3; seed++) {
                double ade = 1 + 0.1 * seed - (variant.name().startsWith("prediction") ? 0.25 : 0)
                        + (variant.name().endsWith("moe") ? 0.5 : 0);
                seeds.add(Map.of("min_ade", ade, "planning_error", 1.0, "occupancy_f1", 0.5, "decoder_nmi", 0.3,
                        "decoder_nmi_by_chance", 0.1, "encoder_nmi", 0.1, "encoder_nmi_by_chance", 0.1));
            }
            measured.put(variant.name(), seeds);
        }
        List<Claim> claims = SYSTEM.claims(new Measurements(measured));
        assertThat(claims.get(0).ourValue()).isCloseTo(-0.25, within(1e-12));
        assertThat(claims.get(0).holds()).isEqualTo(Claim.Holds.YES);
        assertThat(claims.get(3).ourValue()).isCloseTo(0.5, within(1e-12));
        assertThat(claims.get(3).holds()).isEqualTo(Claim.Holds.NO);
        assertThat(claims.get(5).holds()).isEqualTo(Claim.Holds.YES);
        assertThat(claims.get(6).holds()).isEqualTo(Claim.Holds.NOT_SHOWN);
    }

    @Test
    void settingsThatMakeNoSystemAreRefusedBeforeAnyTraining() {
        refused(Map.of("selected", 5.0), "choose k between 1 and the number of experts");
        refused(Map.of("side", 10.0), "use a multiple of 4");
        refused(Map.of("objects", 0.0), "settings.objects is 0.0");
        refused(Map.of("post_norm", 2.0), "settings.post_norm is 2.0");
        refused(Map.of("test_scenes", 0.5), "settings.test_scenes is 0.5");
    }

    private static void refused(Map<String, Double> changed, String sentence) {
        assertThatThrownBy(() -> SYSTEM.variants(settings(changed)))
                .isInstanceOf(WrongUse.class).hasMessageContaining(sentence);
    }
}
