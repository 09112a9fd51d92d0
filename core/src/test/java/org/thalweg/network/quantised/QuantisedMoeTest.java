package org.thalweg.network.quantised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.family.QuantisedFamily;
import org.thalweg.network.LayerTensors;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** What the layer computes, whatever its symmetries. */
class QuantisedMoeTest {
    private static final double[] MIXED = {1.58, 4, 4, 8};

    @Test
    void theBestExpertIsWeighedByItsPartOfTheSharpenedProbabilities() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(new QuantisedConfig.Gate(2, 0.5, 0), MIXED);
            Parameters model = SmallMoe.loud(network, 1);
            Tensor x = SmallMoe.inputs(40);
            double[] weights = network.probabilities(model, x).toDoubles();
            double[] sharp = Functions.softmax(Functions.log(SmallMoe.network(new QuantisedConfig.Gate(2, 0, 0), MIXED)
                    .probabilities(model, x)).multiply(1.5), -1).toDoubles();
            assertThat(weights).containsExactly(sharp, within(1e-12));
            long[] chosen = SmallMoe.chosen(network, model, x);
            QuantisedExperts experts = new QuantisedExperts(network.config(), false, Dropout.NONE);
            LayerTensors layer =
                    new LayerTensors(network.names(), model, 0);
            Tensor outputs = network.forward(model, x);
            for (int input = 0; input < 40; input++) {
                int row = input;
                Tensor sum = IntStream.range(0, 2).map(slot -> (int) chosen[2 * row + slot])
                        .mapToObj(e -> experts.run(layer, e, x.narrow(0, row, 1)).multiply(weights[4 * row + e] / 2))
                        .reduce(Tensor::add).orElseThrow();
                assertThat(SmallMoe.difference(sum, outputs.narrow(0, row, 1))).isLessThan(1e-12);
                int[] best = IntStream.range(0, 4).boxed()
                        .sorted((a, b) -> Double.compare(weights[4 * row + b], weights[4 * row + a]))
                        .mapToInt(Integer::intValue).limit(2).toArray();
                assertThat(best).containsExactly((int) chosen[2 * row], (int) chosen[2 * row + 1]);
            }
        }
    }

    @Test
    void curiosityChangesOutputsButNeverWhichExpertsAreChosenNorTheClassOfOne() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe plain = SmallMoe.network(MIXED);
            Parameters model = SmallMoe.loud(plain, 2);
            Tensor x = SmallMoe.inputs(400);
            for (double alpha : new double[] {0.3, 1, 3}) {
                QuantisedMoe curious = SmallMoe.network(new QuantisedConfig.Gate(1, alpha, 0), MIXED);
                assertThat(SmallMoe.chosen(curious, model, x)).containsExactly(SmallMoe.chosen(plain, model, x));
                assertThat(curious.forward(model, x).argmax(1).sameAs(plain.forward(model, x).argmax(1))).isTrue();
                assertThat(SmallMoe.difference(curious.forward(model, x), plain.forward(model, x)))
                        .isGreaterThan(1e-3);
            }
        }
    }

    @Test
    void roundedModelsAreTheSameFunctionOnTheNetworkThatRoundsNothingMore() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(1, 1.58, 2, 4, 4, 8, 16);
            Parameters model = SmallMoe.loud(network, 3);
            Tensor x = SmallMoe.inputs(100);
            Parameters rounded = network.rounded(model);
            assertThat(network.onRounded().forward(rounded, x).sameAs(network.forward(model, x))).isTrue();
            assertThat(SmallMoe.difference(network.onRounded().forward(model, x), network.forward(model, x)))
                    .isGreaterThan(1e-3);
        }
    }

    /** With k bits all weights may change by one number, and weights and bias by a factor; rows of ternary maps too. */
    @ParameterizedTest
    @ValueSource(doubles = {1.58, 2, 4, 8, 12, 16})
    void whatCentringAndNormalisationIgnoreLeavesOutputsAsTheyAre(double bits) {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(bits);
            Parameters model = SmallMoe.loud(network, 4);
            Tensor x = SmallMoe.inputs(60);
            Tensor before = network.forward(model, x);
            for (int map = 0; map < 2; map++) {
                String dense = "classes.0.experts.0.dense." + map;
                Tensor weight = model.get(dense + ".weight");
                Tensor shift = bits == 1.58
                        ? Random.seeded(9).normal(DType.FLOAT64, weight.length(0), 1)
                        : Tensor.of(new double[] {0.7}, 1);
                Parameters shifted = SmallMoe.replaced(model, dense + ".weight", weight.add(shift));
                Parameters scaled = model.mapNamed((name, tensor) ->
                        name.startsWith(dense + ".") ? tensor.multiply(1.7) : tensor);
                assertThat(SmallMoe.difference(network.forward(shifted, x), before)).isLessThan(1e-9);
                assertThat(SmallMoe.difference(network.forward(scaled, x), before)).isLessThan(1e-9);
                Parameters weightAlone = SmallMoe.replaced(model, dense + ".weight", weight.multiply(1.7));
                assertThat(SmallMoe.difference(network.forward(weightAlone, x), before)).isGreaterThan(1e-3);
            }
        }
    }

    @Test
    void insideACellOfRoundingWeightsMayMoveFreely() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(4);
            Parameters model = SmallMoe.loud(network, 4);
            Tensor x = SmallMoe.inputs(60);
            String name = "classes.0.experts.0.dense.0.weight";
            double[] latent = model.get(name).toDoubles();
            Precision.Bits four = new Precision.Bits(4);
            double mean = Arrays.stream(latent).average().orElseThrow();
            double unit = Arrays.stream(latent).map(w -> Math.abs(w - mean)).max().orElseThrow() / 7;
            int moved = 0;
            // Neighbours move against each other, so that the mean stays; the largest stays as well.
            for (int i = 0; i + 1 < latent.length; i += 2) {
                double step = 0.05 * unit;
                if (canMove((latent[i] - mean) / unit) && canMove((latent[i + 1] - mean) / unit)) {
                    latent[i] += step;
                    latent[i + 1] -= step;
                    moved++;
                }
            }
            assertThat(moved).isGreaterThan(5);
            Parameters other = SmallMoe.replaced(model, name, Tensor.of(latent, model.get(name).shape()));
            assertThat(SmallMoe.difference(four.weights(other.get(name)), four.weights(model.get(name))))
                    .isLessThan(1e-12);
            assertThat(SmallMoe.difference(network.forward(other, x), network.forward(model, x))).isLessThan(1e-9);
        }
    }

    private static boolean canMove(double inUnits) {
        return Math.abs(inUnits) < 6.5 && Math.abs(inUnits - Math.rint(inUnits)) < 0.4;
    }

    @Test
    void masksAreAPureFunctionOfSeedAndPlace() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(MIXED);
            Parameters model = SmallMoe.loud(network, 5);
            Tensor x = SmallMoe.inputs(80);
            Tensor first = network.inTraining(1).forward(model, x);
            assertThat(network.inTraining(1).forward(model, x).sameAs(first)).isTrue();
            assertThat(SmallMoe.difference(network.inTraining(2).forward(model, x), first)).isGreaterThan(1e-3);
            assertThat(SmallMoe.difference(network.forward(model, x), first)).isGreaterThan(1e-3);
            double[] mask = new Dropout(0.25, 3, false).apply("here", Tensor.ones(DType.FLOAT64, 200, 50)).toDoubles();
            assertThat(Arrays.stream(mask).distinct().sorted().toArray()).containsExactly(0, 1 / 0.75);
            assertThat(Arrays.stream(mask).average().orElseThrow()).isCloseTo(1, within(0.02));
        }
    }

    @Test
    void uncertaintyIsAFunctionOfOneInputAndNeverMoreThanItCanBe() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(MIXED);
            Parameters model = SmallMoe.loud(network, 6);
            Tensor x = SmallMoe.inputs(50);
            double[] all = network.uncertainty(model, x).toDoubles();
            assertThat(Arrays.stream(all).min().orElseThrow()).isNotNegative();
            assertThat(Arrays.stream(all).max().orElseThrow()).isBetween(1e-3, 0.75);
            for (int input = 0; input < 50; input++) {
                assertThat(network.uncertainty(model, x.narrow(0, input, 1)).item())
                        .isCloseTo(all[input], within(1e-12));
            }
        }
    }

    /** At fixed weights the prior moves uncertain inputs to finer experts and none to a coarser one. */
    @Test
    void thePriorOfPrecisionRaisesBitsWhereTheRouterIsUncertain() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe plain = SmallMoe.network(MIXED);
            QuantisedMoe cautious = SmallMoe.network(new QuantisedConfig.Gate(1, 0, 4), MIXED);
            Parameters model = SmallMoe.loud(plain, 7);
            Tensor x = SmallMoe.inputs(1000);
            long[] before = SmallMoe.chosen(plain, model, x);
            long[] after = SmallMoe.chosen(cautious, model, x);
            double[] uncertainty = plain.uncertainty(model, x).toDoubles();
            double median = Arrays.stream(uncertainty).sorted().toArray()[500];
            double raised = 0;
            for (int i = 0; i < 1000; i++) {
                double more = plain.config().precisionOf((int) after[i]).bits()
                        - plain.config().precisionOf((int) before[i]).bits();
                assertThat(more).isNotNegative();
                raised += uncertainty[i] > median ? more : 0;
            }
            assertThat(raised).isGreaterThan(50);
        }
    }

    @Test
    void withoutUncertaintyThePriorOfPrecisionChangesNothing() {
        try (Scope scope = Scope.open()) {
            QuantisedConfig config = SmallMoe.network(new QuantisedConfig.Gate(1, 0, 4), MIXED).config();
            QuantisedMoe certain = QuantisedFamily.network(new QuantisedConfig(config.inputs(), config.outputs(),
                    config.routerWidths(), config.expertWidths(), config.classes(), config.gate(), 0));
            QuantisedMoe plain = SmallMoe.network(MIXED);
            Parameters model = SmallMoe.loud(plain, 7);
            Tensor x = SmallMoe.inputs(100);
            assertThat(SmallMoe.difference(certain.forward(model, x), plain.forward(model, x))).isLessThan(1e-12);
        }
    }

    @Test
    void everyTensorOfAChosenExpertAndOfTheRouterHasAGradient() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(MIXED);
            Parameters leaves = Gradients.leaves(SmallMoe.loud(network, 8));
            Tensor outputs = network.inTraining(1).forward(leaves, SmallMoe.inputs(200));
            Parameters gradients = Gradients.of(outputs.multiply(outputs).sum(), leaves);
            gradients.asMap().forEach((name, gradient) -> assertThat(gradient.norm()).as(name).isPositive());
        }
    }

    @Test
    void whatClassesForbidIsRefusedInOneSentence() {
        assertThatThrownBy(() -> new ExpertClass(new Precision.Bits(4), 0)).isInstanceOf(WrongUse.class).hasMessage(
                "a class of experts of equal precision has at least 1 expert, and that of 4.0 bits has 0.");
        ExpertClass four = new ExpertClass(new Precision.Bits(4), 2);
        ExpertClass later = new ExpertClass(new Precision.PostTraining(new Precision.Bits(4), true), 1);
        assertThatThrownBy(() -> config(List.of(four, later), 1)).isInstanceOf(WrongUse.class).hasMessage(
                "two classes of experts have 4.0 bits, but experts of equal precision may change places and are one "
                        + "class; join them.");
        assertThatThrownBy(() -> config(List.of(four), 3)).isInstanceOf(WrongUse.class).hasMessage(
                "the router selects 3 of 2 experts in 1 classes; choose a number between 1 and that of the experts.");
    }

    private static QuantisedConfig config(List<ExpertClass> classes, int selected) {
        return new QuantisedConfig(3, 2, List.of(4, 4), List.of(4, 4), classes,
                new QuantisedConfig.Gate(selected, 0, 0), 0.1);
    }

    @Test
    void initialWeightsAreReproducibleAndOfTheDeclaredShapes() {
        try (Scope scope = Scope.open()) {
            QuantisedMoe network = SmallMoe.network(MIXED);
            Parameters one = network.initialise(1);
            assertThat(one.names()).isEqualTo(network.tensors().keySet());
            Map<String, Tensor> again = network.initialise(1).asMap();
            one.asMap().forEach((name, tensor) -> {
                assertThat(tensor.sameAs(again.get(name))).as(name).isTrue();
                assertThat(tensor.shape()).as(name).isEqualTo(network.tensors().get(name).lengths());
            });
        }
    }
}
