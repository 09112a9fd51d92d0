package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.thalweg.failure.WorkFailure;

class ReadAheadTest {
    private static List<Supplier<Tensor>> numbers(int count) {
        return IntStream.range(0, count)
                .<Supplier<Tensor>>mapToObj(i -> () -> Tensor.of(new double[] {i}, 1).add(0.5)).toList();
    }

    @Test
    void everythingIsWorkedOnInOrderWhateverThreadReadIt() {
        List<Double> seen = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            new ReadAhead<Tensor>(List::of).forEach(numbers(7), tensor -> seen.add(tensor.item()));
        }
        assertThat(seen).containsExactly(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5);
    }

    @Test
    void aFailedReadingIsThrownAsItIs() {
        List<Supplier<Tensor>> readings = new ArrayList<>(numbers(2));
        readings.add(() -> {
            throw new WorkFailure("the file became shorter.");
        });
        assertThatThrownBy(() -> new ReadAhead<Tensor>(List::of).forEach(readings, _ -> { }))
                .isInstanceOf(WorkFailure.class).hasMessage("the file became shorter.");
    }

    @Test
    void afterAFailureOfTheWorkNothingIsReadAnyMore() {
        List<Integer> begun = new ArrayList<>();
        List<Supplier<Tensor>> readings = IntStream.range(0, 5).<Supplier<Tensor>>mapToObj(i -> () -> {
            synchronized (begun) {
                begun.add(i);
            }
            return Tensor.of(new double[] {i}, 1);
        }).toList();
        assertThatThrownBy(() -> new ReadAhead<Tensor>(List::of).forEach(readings, _ -> {
            throw new WorkFailure("stop.");
        })).isInstanceOf(WorkFailure.class);
        assertThat(begun).hasSizeLessThanOrEqualTo(2);
    }
}
