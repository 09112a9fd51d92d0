package org.thalweg.network.quantised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class PrecisionTest {
    private static final double STEP = 1e-6;

    @Test
    void ternaryWeightsAreACodeTimesTheMeanOfWhatIsKeptInTheRow() {
        try (Scope scope = Scope.open()) {
            // Row of mean 1: -2, -0.1, 0.1, 2 around it; 0.15 of the mean modulus 1.05 is more than 0.1.
            Tensor weights = new Precision.Ternary().weights(Tensor.of(new double[] {-1, 0.9, 1.1, 3}, 1, 4));
            assertThat(weights.toDoubles()).containsExactly(new double[] {-2, 0, 0, 2}, within(1e-12));
        }
    }

    @Test
    void ternaryInputsAreSignsAndZeros() {
        try (Scope scope = Scope.open()) {
            Tensor inputs = new Precision.Ternary().inputs(Tensor.of(new double[] {-3, 0.01, 0.2, 1}, 1, 4));
            assertThat(inputs.toDoubles()).containsExactly(-1, 0, 1, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 12})
    void weightsAreWholeMultiplesOfOneUnitAndTheLargestIsKept(int bits) {
        try (Scope scope = Scope.open()) {
            Tensor latent = Random.seeded(2).normal(DType.FLOAT64, 7, 9);
            Tensor centred = latent.subtract(latent.sum().multiply(1.0 / 63));
            double largest = centred.abs().max();
            double unit = largest / (Math.pow(2, bits - 1) - 1);
            Tensor weights = new Precision.Bits(bits).weights(latent);
            assertThat(weights.abs().max()).isCloseTo(largest, within(1e-12));
            for (double weight : weights.toDoubles()) {
                assertThat(weight / unit).isCloseTo(Math.rint(weight / unit), within(1e-9));
            }
            assertThat(SmallMoe.difference(weights, centred)).isLessThanOrEqualTo(unit / 2 + 1e-12);
        }
    }

    @Test
    void oneBitIsTheSignAndSixteenAndMoreAreTheWeightsThemselves() {
        try (Scope scope = Scope.open()) {
            Tensor latent = Tensor.of(new double[] {1, 2, 3, 6}, 2, 2);
            assertThat(new Precision.Bits(1).weights(latent).toDoubles()).containsExactly(-1, -1, 0, 1);
            assertThat(new Precision.Bits(16).weights(latent).sameAs(latent)).isTrue();
            assertThat(new Precision.Bits(32).inputs(latent).sameAs(latent)).isTrue();
        }
    }

    @Test
    void inputsHave255StepsRelativeToTheLargestOfTheirRow() {
        try (Scope scope = Scope.open()) {
            Tensor x = Random.seeded(3).normal(DType.FLOAT64, 4, 11);
            double[] rounded = new Precision.Bits(4).inputs(x).toDoubles();
            double[] exact = x.toDoubles();
            for (int row = 0; row < 4; row++) {
                double largest = Arrays.stream(exact, row * 11, row * 11 + 11).map(Math::abs).max().orElseThrow();
                for (int i = row * 11; i < row * 11 + 11; i++) {
                    assertThat(rounded[i])
                            .isCloseTo(Math.rint(exact[i] / largest * 127) * largest / 127, within(1e-12));
                }
            }
        }
    }

    /** What is rounded has the gradient that its rounded value has where it stands. */
    @ParameterizedTest
    @ValueSource(doubles = {1.58, 1, 2, 4, 8})
    void gradientsPassStraightThrough(double bits) {
        try (Scope scope = Scope.open()) {
            Precision precision = Precision.of(bits);
            Random random = Random.seeded(4);
            Tensor latent = random.normal(DType.FLOAT64, 3, 4);
            Tensor x = random.normal(DType.FLOAT64, 6, 4);
            Function<Tensor, Tensor> ofWeights = weights ->
                    smooth(Functions.linear(precision.inputs(x), weights, Optional.empty()));
            Function<Tensor, Tensor> ofInputs = inputs ->
                    smooth(Functions.linear(inputs, precision.weights(latent), Optional.empty()));
            requireGradient(latent, precision::weights, ofWeights);
            requireGradient(x, precision::inputs, ofInputs);
        }
    }

    private static void requireGradient(
            Tensor latent, Function<Tensor, Tensor> rounding, Function<Tensor, Tensor> loss) {
        Parameters leaves = Gradients.leaves(Parameters.of(Map.of("latent", latent)));
        double[] found = Gradients.of(loss.apply(rounding.apply(leaves.get("latent"))), leaves)
                .get("latent").toDoubles();
        double[] rounded = rounding.apply(latent).toDoubles();
        for (int i = 0; i < rounded.length; i++) {
            double[] more = rounded.clone();
            double[] less = rounded.clone();
            more[i] += STEP;
            less[i] -= STEP;
            double slope = (loss.apply(Tensor.of(more, latent.shape())).item()
                    - loss.apply(Tensor.of(less, latent.shape())).item()) / (2 * STEP);
            assertThat(found[i]).isCloseTo(slope, within(1e-7));
        }
    }

    private static Tensor smooth(Tensor outputs) {
        return Functions.tanh(outputs).multiply(outputs).sum();
    }

    @Test
    void whatIsRoundedAfterTrainingIsExactInTraining() {
        try (Scope scope = Scope.open()) {
            Tensor latent = Random.seeded(6).normal(DType.FLOAT64, 3, 4);
            Precision after = new Precision.PostTraining(new Precision.Bits(4), true);
            assertThat(after.weights(latent).sameAs(new Precision.Bits(4).weights(latent))).isTrue();
            assertThat(after.inputs(latent).sameAs(new Precision.Bits(4).inputs(latent))).isTrue();
            assertThat(after.inTraining().weights(latent).sameAs(latent)).isTrue();
            assertThat(after.inTraining().inputs(latent).sameAs(latent)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 17, 24, 31, 33, 64, 3.5})
    void precisionsWithoutAKernelAreRefused(double bits) {
        assertThatThrownBy(() -> Precision.of(bits)).isInstanceOf(WrongUse.class)
                .hasMessageStartingWith("there are kernels for experts of 1.58 bits (ternary), of 1 to 16 and of 32 "
                        + "bits, and none for ")
                .hasMessageEndingWith(" bits; choose one of these.");
    }
}
