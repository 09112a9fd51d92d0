package org.thalweg.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * What stored floating-point elements look like, from their bits: whether all are finite, and whether powers of two
 * multiply them without loss. One pass, no copies; several short elements are looked at together, as lanes of a long.
 */
public final class StoredNumbers {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LONGS_TOGETHER = 1 << 10;

    /**
     * Lanes of a long, each an element's bits.
     *
     * @param bits of an element
     * @param fraction how many of them stand behind the exponent
     */
    private record Lanes(int bits, int fraction) {
        static Lanes of(DType type) {
            return switch (type) {
                case FLOAT64 -> new Lanes(64, 52);
                case FLOAT32 -> new Lanes(32, 23);
                case FLOAT16 -> new Lanes(16, 10);
                case BFLOAT16 -> new Lanes(16, 7);
                case INT64, INT32, UINT8, BOOL ->
                    throw new IllegalArgumentException("elements of type " + type + " have no exponent");
            };
        }

        /** The smallest number that no element reaches without its sign, which is the bit of the sign. */
        long sign() {
            return 1L << bits - 1;
        }

        /** The exponent of infinities and NaN. */
        long lastExponent() {
            return (1L << bits - 1 - fraction) - 1;
        }

        long everywhere(long lane) {
            long all = 0;
            for (int at = 0; at < Long.SIZE; at += bits) {
                all |= lane << at;
            }
            return all;
        }

        /**
         * The first element that lies, without its sign, above 0 and below the lowest, or reaches the end; both as an
         * element's bits. A sum of two lanes carries into its own sign at most, since neither has one.
         */
        OptionalLong firstOutside(MemorySegment bytes, long lowest, long end) {
            long magnitude = everywhere(sign() - 1);
            long toEnd = everywhere(sign() - end);
            long toLowest = everywhere(sign() - Math.max(1, lowest));
            long count = bytes.byteSize() / Long.BYTES;
            for (long first = 0; first < count; first += LONGS_TOGETHER) {
                int together = (int) Math.min(LONGS_TOGETHER, count - first);
                MemorySegment block = bytes.asSlice(first * Long.BYTES, (long) together * Long.BYTES);
                long outside = 0;
                for (int i = 0; i < together; i++) {
                    long number = block.get(LONG, (long) i * Long.BYTES) & magnitude;
                    outside |= number + toEnd | number + magnitude & ~(number + toLowest);
                }
                if ((outside & ~magnitude) != 0) {
                    return firstOneByOne(bytes, first * Long.BYTES, lowest, end);
                }
            }
            return firstOneByOne(bytes, count * Long.BYTES, lowest, end);
        }

        private OptionalLong firstOneByOne(MemorySegment bytes, long from, long lowest, long end) {
            int width = bits / Byte.SIZE;
            for (long at = from; at < bytes.byteSize(); at += width) {
                long number = 0;
                for (int part = 0; part < width; part++) {
                    number |= (bytes.get(ValueLayout.JAVA_BYTE, at + part) & 0xffL) << part * Byte.SIZE;
                }
                number &= sign() - 1;
                if (number >= end || number > 0 && number < lowest) {
                    return OptionalLong.of(at / width);
                }
            }
            return OptionalLong.empty();
        }
    }

    private StoredNumbers() {}

    /**
     * The first element that is NaN or infinite.
     *
     * @param type of the elements
     * @param bytes little-endian; not changed
     * @return its index in row-major order; nothing when all are finite or the type has no such values
     */
    static OptionalLong firstNonFinite(ElementType type, MemorySegment bytes) {
        return switch (type) {
            case F64 -> firstNonFinite(Lanes.of(DType.FLOAT64), bytes);
            case F32 -> firstNonFinite(Lanes.of(DType.FLOAT32), bytes);
            case F16 -> firstNonFinite(Lanes.of(DType.FLOAT16), bytes);
            case BF16 -> firstNonFinite(Lanes.of(DType.BFLOAT16), bytes);
            case C64 -> {
                OptionalLong found = firstNonFinite(Lanes.of(DType.FLOAT32), bytes);
                yield found.isPresent() ? OptionalLong.of(found.getAsLong() / 2) : found;
            }
            case F8_E5M2, F8_E4M3, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F6_E2M3, F6_E3M2, F4, I64, I32, I16, I8, U64, U32,
                    U16, U8, BOOL -> OptionalLong.empty();
        };
    }

    private static OptionalLong firstNonFinite(Lanes lanes, MemorySegment bytes) {
        return lanes.firstOutside(bytes, 0, lanes.lastExponent() << lanes.fraction());
    }

    /**
     * Whether every element is 0 or keeps all its digits when powers of two multiply it one after another: it stays a
     * normal number of its type, or was none and is not made smaller.
     *
     * @param tensor of a floating type; not changed
     * @param least sum of the exponents of those factors that are below 1, at most 0
     * @param most sum of the exponents of those factors that are above 1, at least 0
     * @return whether it does; false also when an element is not finite
     */
    public static boolean keepDigits(Tensor tensor, int least, int most) {
        if (tensor.size() == 0) {
            return true;
        }
        Lanes lanes = Lanes.of(tensor.dtype());
        long lowest = least == 0 ? 0 : 1L - least;
        long end = lanes.lastExponent() - most;
        return lowest < end && lanes.firstOutside(
                tensor.contiguousBytes(), lowest << lanes.fraction(), end << lanes.fraction()).isEmpty();
    }
}
