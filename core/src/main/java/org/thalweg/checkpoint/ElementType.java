package org.thalweg.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.tensor.DType;

/**
 * Element types a safetensors file can state, by their names in the header. All can be listed and copied byte for byte;
 * those with a {@link #dtype()} can be computed with.
 */
public enum ElementType {
    /** 64-bit floating point. */
    F64(64),
    /** 32-bit floating point. */
    F32(32),
    /** 16-bit floating point. */
    F16(16),
    /** 16-bit brain floating point. */
    BF16(16),
    /** 64-bit signed integers. */
    I64(64),
    /** 32-bit signed integers. */
    I32(32),
    /** 8-bit unsigned integers. */
    U8(8),
    /** Truth values, one byte each. */
    BOOL(8),
    /** 16-bit signed integers. */
    I16(16),
    /** 8-bit signed integers. */
    I8(8),
    /** 64-bit unsigned integers. */
    U64(64),
    /** 32-bit unsigned integers. */
    U32(32),
    /** 16-bit unsigned integers. */
    U16(16),
    /** Pairs of 32-bit floating-point numbers. */
    C64(64),
    /** 8-bit floating point with 5 exponent bits. */
    F8_E5M2(8),
    /** 8-bit floating point with 4 exponent bits. */
    F8_E4M3(8),
    /** 8-bit floating point with 5 exponent bits, without infinities and negative zero. */
    F8_E5M2FNUZ(8),
    /** 8-bit floating point with 4 exponent bits, without infinities and negative zero. */
    F8_E4M3FNUZ(8),
    /** 8-bit powers of two, used as block scales. */
    F8_E8M0(8),
    /** 6-bit floating point with 2 exponent bits, packed. */
    F6_E2M3(6),
    /** 6-bit floating point with 3 exponent bits, packed. */
    F6_E3M2(6),
    /** 4-bit floating point, packed two to a byte. */
    F4(4);

    private final int bits;

    ElementType(int bits) {
        this.bits = bits;
    }

    /** Size of one element in bits; for packed types not a multiple of 8. */
    public int bits() {
        return bits;
    }

    /** The type to compute in, or nothing when elements of this type can only be copied. */
    public Optional<DType> dtype() {
        return switch (this) {
            case F64 -> Optional.of(DType.FLOAT64);
            case F32 -> Optional.of(DType.FLOAT32);
            case F16 -> Optional.of(DType.FLOAT16);
            case BF16 -> Optional.of(DType.BFLOAT16);
            case I64 -> Optional.of(DType.INT64);
            case I32 -> Optional.of(DType.INT32);
            case U8 -> Optional.of(DType.UINT8);
            case BOOL -> Optional.of(DType.BOOL);
            case I16, I8, U64, U32, U16, C64, F8_E5M2, F8_E4M3, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F6_E2M3, F6_E3M2,
                    F4 -> Optional.empty();
        };
    }

    /** How tensors of a type are stored. */
    public static ElementType of(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> F64;
            case FLOAT32 -> F32;
            case FLOAT16 -> F16;
            case BFLOAT16 -> BF16;
            case INT64 -> I64;
            case INT32 -> I32;
            case UINT8 -> U8;
            case BOOL -> BOOL;
        };
    }

    /** The type of a name in a header, such as {@code BF16}, or nothing when the format has no such type. */
    public static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /**
     * The name by which configurations call the type.
     *
     * @return such as {@code bfloat16}; nothing when elements of this type can only be copied
     */
    public Optional<String> configured() {
        return dtype().map(type -> type.name().toLowerCase(Locale.ROOT));
    }

    /** The type of a name in a configuration, such as {@code bfloat16}, or nothing when there is none. */
    public static Optional<ElementType> ofConfigured(String name) {
        return Arrays.stream(values()).filter(type -> type.configured().filter(name::equals).isPresent()).findFirst();
    }

    static String computable() {
        return Arrays.stream(values())
                .filter(type -> type.dtype().isPresent())
                .map(ElementType::name)
                .collect(Collectors.joining(", "));
    }
}
