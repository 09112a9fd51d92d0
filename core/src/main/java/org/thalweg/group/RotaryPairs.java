package org.thalweg.group;

/**
 * Which coordinates rotary position embeddings turn together.
 *
 * @param size number of coordinates, even
 * @param interleaved whether pair i is the coordinates 2i and 2i+1, not i and i + size/2
 */
public record RotaryPairs(int size, boolean interleaved) {
    /** Refuses an odd size. */
    public RotaryPairs {
        requireEven(size);
    }

    static void requireEven(int size) {
        if (size % 2 != 0) {
            throw new IllegalArgumentException("rotary pairs cannot fill " + size + " coordinates");
        }
    }

    /**
     * The pairs that a group turns.
     *
     * @param group of a rotary kind
     * @return its pairs
     * @throws IllegalArgumentException when the group is of another kind
     */
    public static RotaryPairs of(Group group) {
        if (!group.kind().isRotary()) {
            throw new IllegalArgumentException("a group of the kind '" + group.kind().label() + "' turns no pairs");
        }
        return new RotaryPairs(group.size(), group.kind() == GroupKind.ROTARY_PAIRS);
    }

    /**
     * How many pairs there are.
     *
     * @return half the size
     */
    public int count() {
        return size / 2;
    }

    /**
     * Where the real part of a pair stands.
     *
     * @param pair its number
     * @return the first coordinate
     */
    public int first(int pair) {
        return interleaved ? 2 * pair : pair;
    }

    /**
     * Where the imaginary part of a pair stands.
     *
     * @param pair its number
     * @return the second coordinate
     */
    public int second(int pair) {
        return interleaved ? 2 * pair + 1 : pair + size / 2;
    }
}
