package org.thalweg.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReusedMemoryTest {
    private static final long ROWS = 1 << 12;
    private static final long COLUMNS = 1 << 12;

    private static Tensor filled(float number) {
        return Tensor.filledBy(memory -> {
            for (long at = 0; at < memory.byteSize(); at += Float.BYTES) {
                memory.set(ValueLayout.JAVA_FLOAT, at, number);
            }
        }, DType.FLOAT32, ROWS, COLUMNS);
    }

    private static long address(Tensor tensor) {
        return tensor.contiguousBytes().address();
    }

    @Test
    void aFreedTensorsMemoryIsUsedAgainAndOneThatAViewUsesIsNot() {
        ReusedMemory.during(() -> {
            try (Scope scope = Scope.open()) {
                long first;
                try (Scope inner = Scope.open()) {
                    first = address(filled(1));
                }
                Tensor view;
                try (Scope inner = Scope.open()) {
                    Tensor again = filled(2);
                    assertThat(address(again)).isEqualTo(first);
                    view = inner.keep(again.narrow(0, ROWS - 1, 1));
                }
                Tensor other = filled(3);
                assertThat(address(other)).isNotEqualTo(first);
                assertThat(view.toFloats()).containsOnly(2);
                assertThat(other.narrow(0, 0, 1).toFloats()).containsOnly(3);
                return scope;
            }
        });
    }

    @Test
    void whatNoTensorUsesCanBeReturnedBeforeTheEndAndWhatOneUsesStays() {
        ReusedMemory.during(() -> {
            try (Scope scope = Scope.open()) {
                Tensor used = filled(5);
                try (Scope inner = Scope.open()) {
                    filled(6);
                }
                ReusedMemory.releaseUnused();
                assertThat(used.narrow(0, ROWS - 1, 1).toFloats()).containsOnly(5);
                assertThat(address(filled(7))).isNotEqualTo(address(used));
                return scope;
            }
        });
    }

    @Test
    void numbersAreConvertedToTheSameAndTensorsOutliveTheWork() {
        try (Scope scope = Scope.open()) {
            Tensor wide = Random.seeded(1).normal(DType.FLOAT32, ROWS, COLUMNS);
            Tensor expected = wide.to(DType.BFLOAT16).to(DType.FLOAT32);
            Tensor kept = ReusedMemory.during(() -> {
                Tensor narrow = wide.to(DType.BFLOAT16);
                return Background.begin("other thread", () -> Scope.beyond(() -> narrow.to(DType.FLOAT32))).get();
            });
            filled(4);
            assertThat(kept.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(kept.sameAs(expected)).isTrue();
            kept.close();
        }
    }

    @Test
    void tensorsOfOtherTypesAndShapesTakeTheMemoryOfLargerOnes() {
        ReusedMemory.during(() -> {
            long address;
            try (Scope scope = Scope.open()) {
                address = address(filled(1));
            }
            try (Scope scope = Scope.open()) {
                Tensor other = Tensor.filledBy(memory -> memory.fill((byte) 0), DType.BFLOAT16, 2, ROWS, COLUMNS - 5);
                assertThat(address(other)).isEqualTo(address);
                assertThat(other.shape()).containsExactly(2, ROWS, COLUMNS - 5);
                assertThat(other.handle().is_contiguous()).isTrue();
                assertThat(other.to(DType.FLOAT64).sum().item()).isZero();
            }
            return address;
        });
    }

    @Test
    void smallTensorsAndThoseWhoseOperationsAreRecordedAreLeftToTheLibrary() {
        assertThat(ReusedMemory.holds(1L << 30)).isFalse();
        ReusedMemory.during(() -> {
            assertThat(ReusedMemory.holds(1L << 20)).isFalse();
            assertThat(ReusedMemory.holds(1L << 30)).isTrue();
            try (Scope scope = Scope.open()) {
                Parameters leaves = Gradients.leaves(Parameters.of(Map.of("x", filled(1))));
                Tensor sum = leaves.get("x").to(DType.FLOAT64).sum();
                assertThat(Gradients.of(sum, leaves).get("x").narrow(0, 0, 1).toFloats()).containsOnly(1);
            }
            return true;
        });
    }
}
