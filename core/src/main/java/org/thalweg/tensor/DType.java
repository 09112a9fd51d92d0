package org.thalweg.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types. Parameters are float32; costs, accumulators and checks float64; indices int64. */
public enum DType {
    /** 32-bit floating point. */
    FLOAT32(ScalarType.Float, 4),
    /** 64-bit floating point. */
    FLOAT64(ScalarType.Double, 8),
    /** 16-bit brain floating point. */
    BFLOAT16(ScalarType.BFloat16, 2),
    /** 16-bit floating point. */
    FLOAT16(ScalarType.Half, 2),
    /** 64-bit signed integers. */
    INT64(ScalarType.Long, 8),
    /** 32-bit signed integers. */
    INT32(ScalarType.Int, 4),
    /** 8-bit unsigned integers. */
    UINT8(ScalarType.Byte, 1),
    /** Truth values, one byte each. */
    BOOL(ScalarType.Bool, 1);

    private final ScalarType scalarType;
    private final int bytes;

    DType(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /**
     * The size of one element.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Whether elements are floating-point numbers.
     *
     * @return true for the float types
     */
    public boolean isFloating() {
        return switch (this) {
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> true;
            case INT64, INT32, UINT8, BOOL -> false;
        };
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static DType of(ScalarType type) {
        for (DType candidate : values()) {
            if (candidate.scalarType.value == type.value) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("element type " + type + " has no counterpart here");
    }
}
