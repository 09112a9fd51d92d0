package org.thalweg.network.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class SpectrumTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8, 64})
    void allModesGiveTheFieldBack(int points) {
        try (Scope scope = Scope.open()) {
            Spectrum spectrum = new Spectrum(points, points / 2 + 1);
            Tensor fields = Random.seeded(1).normal(DType.FLOAT64, 2, points, 3);
            Tensor back = spectrum.inverse(spectrum.forward(fields));
            assertThat(back.shape()).containsExactly(2, points, 3);
            assertThat(back.subtract(fields).abs().max()).isLessThan(1e-12);
        }
    }

    @Test
    void aWaveIsOneMode() {
        try (Scope scope = Scope.open()) {
            double[] wave = new double[16];
            for (int j = 0; j < wave.length; j++) {
                wave[j] = Math.sin(2 * Math.PI * 3 * j / 16);
            }
            Spectrum.Complex modes = new Spectrum(16, 6).forward(Tensor.of(wave, 16, 1));
            for (int k = 0; k < 6; k++) {
                assertThat(modes.real().toDoubles()[k]).isCloseTo(0, within(1e-12));
                // A sine is (exp(ikx) − exp(−ikx)) / 2i; the sum over 16 points is divided by √16.
                assertThat(modes.imaginary().toDoubles()[k]).isCloseTo(k == 3 ? -2 : 0, within(1e-12));
            }
        }
    }

    @Test
    void modesThatThereAreNotAreRefused() {
        assertThatThrownBy(() -> new Spectrum(8, 6)).hasMessage("a grid of 8 points has no 6 modes");
    }
}
