package org.thalweg.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.RotaryPairs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class LargestEntriesTest {
    private static double[] largest(double[] real, double[] imaginary) {
        double[] found = {0, 0};
        for (int i = 0; i < real.length; i++) {
            if (Math.hypot(real[i], imaginary[i]) > Math.hypot(found[0], found[1])) {
                found = new double[] {real[i], imaginary[i]};
            }
        }
        return found;
    }

    private static double[] row(double[] values, int row, int columns) {
        return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
    }

    @Test
    void everyRowHasItsLargestEntryInMatricesOfManyBlocksToo() {
        try (Scope scope = Scope.open()) {
            int rows = 1500;
            int columns = 1700;
            double[] values = Random.seeded(1).normal(DType.FLOAT64, rows, columns).toDoubles();
            double[] found = LargestEntries.of(
                    Tensor.of(values, rows, columns), new Group(GroupKind.SIGNED_SCALING, rows));
            for (int row = 0; row < rows; row++) {
                assertThat(row(found, row, 2)).containsExactly(largest(row(values, row, columns), new double[columns]));
            }
        }
    }

    @Test
    void theFirstOfEquallyLargeEntriesCountsAndZerosStay() {
        try (Scope scope = Scope.open()) {
            Tensor vectors = Tensor.of(new double[] {1, -3, 3, -3, 0, 0, 0, 0, 2, 2, -2, 1}, 3, 4);
            assertThat(LargestEntries.of(vectors, new Group(GroupKind.INVERTIBLE, 3)))
                    .containsExactly(-3, 0, 0, 0, 2, 0);
        }
    }

    @Test
    void pairsOfRowsHaveTheirNumberOfLargestModulus() {
        try (Scope scope = Scope.open()) {
            for (GroupKind kind : new GroupKind[] {GroupKind.ROTARY_HALVES, GroupKind.ROTARY_PAIRS}) {
                Group group = new Group(kind, 8);
                RotaryPairs pairs = RotaryPairs.of(group);
                double[] values = Random.seeded(2).normal(DType.FLOAT64, 8, 30).toDoubles();
                double[] found = LargestEntries.of(Tensor.of(values, 8, 30), group);
                for (int pair = 0; pair < 4; pair++) {
                    assertThat(row(found, pair, 2)).containsExactly(
                            largest(row(values, pairs.first(pair), 30), row(values, pairs.second(pair), 30)));
                }
            }
        }
    }
}
