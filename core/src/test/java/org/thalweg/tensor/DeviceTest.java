package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;

class DeviceTest {
    @Test
    void tensorsAreMadeOnTheCpuUnlessAskedFor() {
        try (Scope scope = Scope.open()) {
            assertThat(Device.current()).isEqualTo(Device.CPU);
            Tensor made = Device.CPU.call(() -> Random.seeded(1).normal(DType.FLOAT32, 3));
            assertThat(Device.of(made)).isEqualTo(Device.CPU);
            assertThat(Device.CPU.bring(made)).isSameAs(made);
            assertThat(made.toDoubles()).isEqualTo(Random.seeded(1).normal(DType.FLOAT32, 3).toDoubles());
        }
    }

    /** Where libtorch sees a CUDA device, numbers there are those of the CPU; elsewhere it is refused. */
    @Test
    void cudaGivesTheNumbersOfTheCpuOrIsRefused() {
        try (Scope scope = Scope.open()) {
            if (Device.CUDA.isThere()) {
                Tensor there = Device.CUDA.call(() -> Random.seeded(1).normal(DType.FLOAT64, 4, 4)
                        .add(Tensor.ones(DType.FLOAT64, 4, 4)));
                assertThat(Device.of(there)).isEqualTo(Device.CUDA);
                Tensor here = Random.seeded(1).normal(DType.FLOAT64, 4, 4).add(Tensor.ones(DType.FLOAT64, 4, 4));
                assertThat(there.toDoubles()).isEqualTo(here.toDoubles());
                double difference =
                        Device.CPU.bring(there.matmul(there)).subtract(here.matmul(here)).abs().max();
                assertThat(difference).isLessThan(1e-12);
            } else {
                assertThatThrownBy(() -> Device.CUDA.call(() -> Tensor.ones(DType.FLOAT32, 1)))
                        .isInstanceOf(WorkFailure.class)
                        .hasMessageMatching("device is cuda, but libtorch \\S+ sees no CUDA device; build with the "
                                + "Maven profile 'cuda' on a machine that has one, or take the device cpu\\.");
            }
        }
    }
}
