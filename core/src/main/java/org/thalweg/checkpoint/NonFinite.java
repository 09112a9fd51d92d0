package org.thalweg.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;

/** Finds NaN and infinities in stored elements: those whose exponent bits are all ones. One pass, no copies. */
final class NonFinite {
    private NonFinite() {}

    /** Index of the first element that is NaN or infinite, in row-major order; none for types without such values. */
    static OptionalLong first(ElementType type, MemorySegment bytes) {
        return switch (type) {
            case F64 -> wide(bytes);
            case F32, C64 -> scaled(type, single(bytes));
            case F16 -> half(bytes, 0x7c00);
            case BF16 -> half(bytes, 0x7f80);
            case F8_E5M2, F8_E4M3, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F6_E2M3, F6_E3M2, F4, I64, I32, I16, I8, U64, U32,
                    U16, U8, BOOL -> OptionalLong.empty();
        };
    }

    private static OptionalLong scaled(ElementType type, OptionalLong index) {
        return type == ElementType.C64 && index.isPresent() ? OptionalLong.of(index.getAsLong() / 2) : index;
    }

    private static OptionalLong wide(MemorySegment bytes) {
        long count = bytes.byteSize() / 8;
        for (long i = 0; i < count; i++) {
            if (!Double.isFinite(bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * 8))) {
                return OptionalLong.of(i);
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong single(MemorySegment bytes) {
        long count = bytes.byteSize() / 4;
        for (long i = 0; i < count; i++) {
            if (!Float.isFinite(bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4))) {
                return OptionalLong.of(i);
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong half(MemorySegment bytes, int exponent) {
        long count = bytes.byteSize() / 2;
        for (long i = 0; i < count; i++) {
            if ((bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2) & exponent) == exponent) {
                return OptionalLong.of(i);
            }
        }
        return OptionalLong.empty();
    }
}
