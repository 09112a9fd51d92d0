package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** What bits say of numbers, against the numbers themselves. */
class StoredNumbersTest {
    private static final Map<DType, ElementType> TYPES = Map.of(
            DType.FLOAT64, ElementType.F64, DType.FLOAT32, ElementType.F32,
            DType.FLOAT16, ElementType.F16, DType.BFLOAT16, ElementType.BF16);

    /** Finite numbers of moderate size, a few of them replaced by any bits. */
    private static Tensor numbers(DType type, int count, int strange, Random random) {
        ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            double number = random.nextInt(9) == 0 ? 0
                    : Math.scalb(random.nextGaussian(), random.nextInt(20) - 10);
            boolean any = random.nextInt(count) < strange;
            switch (type) {
                case FLOAT64 -> bytes.putLong(any ? random.nextLong() : Double.doubleToLongBits(number));
                case FLOAT32 -> bytes.putInt(any ? random.nextInt() : Float.floatToIntBits((float) number));
                case FLOAT16 -> bytes.putShort((short) (any ? random.nextInt() : Float.floatToFloat16((float) number)));
                default -> bytes.putShort(
                        (short) (any ? random.nextInt() : Float.floatToIntBits((float) number) >>> 16));
            }
        }
        return Tensor.copyOf(MemorySegment.ofArray(bytes.array()), type, count);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16"})
    void theFirstElementThatIsNotFiniteIsFoundWhereverItStands(DType type) {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            try (Scope scope = Scope.open()) {
                Tensor tensor = numbers(type, 1 + random.nextInt(round < 280 ? 40 : 9000), round % 3, random);
                double[] values = tensor.toDoubles();
                int expected = 0;
                while (expected < values.length && Double.isFinite(values[expected])) {
                    expected++;
                }
                assertThat(StoredNumbers.firstNonFinite(TYPES.get(type), tensor.contiguousBytes())).isEqualTo(
                        expected < values.length ? OptionalLong.of(expected) : OptionalLong.empty());
                double[] replaced = numbers(type, values.length, 0, random).toDoubles();
                int place = random.nextInt(values.length);
                replaced[place] = random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY;
                assertThat(StoredNumbers.firstNonFinite(TYPES.get(type),
                        Tensor.of(replaced, replaced.length).to(type).contiguousBytes())).hasValue(place);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16"})
    void whereDigitsAreSaidToBeKeptPowersOfTwoCanBeUndone(DType type) {
        Random random = new Random(2);
        int kept = 0;
        int lost = 0;
        for (int round = 0; round < 400; round++) {
            try (Scope scope = Scope.open()) {
                int least = -random.nextInt(8);
                int most = random.nextInt(8);
                Tensor tensor = numbers(type, 1 + random.nextInt(30), round % 2, random);
                boolean keeps = StoredNumbers.keepDigits(tensor, least, most);
                boolean undone = isUndone(tensor, least) && isUndone(tensor, most);
                if (keeps) {
                    assertThat(undone).isTrue();
                    kept++;
                } else if (!undone) {
                    lost++;
                }
            }
        }
        assertThat(kept).isGreaterThan(50);
        assertThat(lost).isPositive();
    }

    private static boolean isUndone(Tensor tensor, int exponent) {
        Tensor factor = Tensor.of(new double[] {Math.scalb(1.0, exponent)}, 1).to(tensor.dtype());
        Tensor inverse = Tensor.of(new double[] {Math.scalb(1.0, -exponent)}, 1).to(tensor.dtype());
        Tensor moved = tensor.multiply(factor);
        return moved.isFinite() && moved.multiply(inverse).sameAs(tensor);
    }

    @Test
    void numbersAtTheEdgesOfBfloat16LoseDigitsOnlyOnTheirSide() {
        try (Scope scope = Scope.open()) {
            Tensor smallest = Tensor.of(new double[] {Math.scalb(1.0, -126), 0, 1}, 3).to(DType.BFLOAT16);
            assertThat(StoredNumbers.keepDigits(smallest, 0, 3)).isTrue();
            assertThat(StoredNumbers.keepDigits(smallest, -1, 0)).isFalse();
            Tensor largest = Tensor.of(new double[] {Math.scalb(1.5, 127), 0, 1}, 3).to(DType.BFLOAT16);
            assertThat(StoredNumbers.keepDigits(largest, -3, 0)).isTrue();
            assertThat(StoredNumbers.keepDigits(largest, 0, 1)).isFalse();
            assertThat(StoredNumbers.keepDigits(smallest, -200, 200)).isFalse();
            Tensor whole = Tensor.of(new long[] {1}, 1);
            assertThatThrownBy(() -> StoredNumbers.keepDigits(whole, 0, 0)).hasMessageContaining("INT64");
        }
    }
}
