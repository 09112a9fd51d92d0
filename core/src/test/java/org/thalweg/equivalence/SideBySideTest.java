package org.thalweg.equivalence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class SideBySideTest {
    private static Tensor number(double value) {
        return Tensor.of(new double[] {value}, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tensorsOfBothLiveOnInTheScopeOfTheCaller(boolean atOnce) {
        AtomicReference<Thread> thread = new AtomicReference<>(Thread.currentThread());
        try (Scope scope = Scope.open()) {
            SideBySide.Both both = new SideBySide(atOnce).run(
                    () -> List.of(number(1), number(2)),
                    () -> {
                        thread.set(Thread.currentThread());
                        return List.of(number(3).add(number(4)));
                    });
            assertThat(both.first().stream().map(Tensor::item)).containsExactly(1.0, 2.0);
            assertThat(both.second().getFirst().multiply(2).item()).isEqualTo(14);
        }
        assertThat(thread.get() != Thread.currentThread()).isEqualTo(atOnce);
    }

    @Test
    void aFailureOfTheFirstWaitsForTheSecond() {
        AtomicBoolean ended = new AtomicBoolean();
        assertThatThrownBy(() -> new SideBySide(true).run(
                () -> {
                    throw new WorkFailure("first.");
                },
                () -> {
                    Tensor made = number(1);
                    ended.set(true);
                    return List.of(made);
                })).isInstanceOf(WorkFailure.class).hasMessage("first.");
        assertThat(ended).isTrue();
    }

    @Test
    void aFailureOfTheSecondIsThrown() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> new SideBySide(true).run(
                    () -> List.of(number(1)),
                    () -> {
                        throw new WorkFailure("second.");
                    })).isInstanceOf(WorkFailure.class).hasMessage("second.");
        }
    }
}
