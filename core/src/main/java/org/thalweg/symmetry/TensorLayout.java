package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.thalweg.tensor.Tensor;

/**
 * How the groups act on one tensor.
 *
 * @param indexedName its name, with the variables that run over positions of spaces (one tensor for each expert)
 * @param parts what the tensor is made of along its split axis; one when it is whole
 * @param split where it is split, for a tensor of several parts
 */
public record TensorLayout(IndexedName indexedName, List<Part> parts, Optional<Split> split) {
    /** Copies the list. */
    public TensorLayout {
        parts = List.copyOf(parts);
    }

    /**
     * The axes of a whole tensor, or of the first part of a split one.
     *
     * @return outermost first
     */
    public List<Axis> axes() {
        return parts.getFirst().axes();
    }

    /**
     * Cuts a tensor into its parts.
     *
     * @param whole a tensor of this layout; not changed
     * @return for each of {@link #parts()} its numbers in the shape of its axes
     */
    public List<Tensor> cut(Tensor whole) {
        if (split.isEmpty()) {
            return List.of(whole);
        }
        Split at = split.get();
        Tensor opened = whole.reshape(opened(whole.shape(), at));
        List<Tensor> slices = new ArrayList<>();
        long start = 0;
        for (Part part : parts) {
            long[] shape = whole.shape();
            shape[at.axis()] = part.axes().get(at.axis()).length();
            long width = shape[at.axis()] / (at.outer() * at.inner());
            slices.add(opened.narrow(at.axis() + 1, start, width).reshape(shape));
            start += width;
        }
        return slices;
    }

    /**
     * Puts together what {@link #cut} gave, or parts of other lengths.
     *
     * @param slices one for each of {@link #parts()}; not changed
     * @param shape of the whole
     * @return the whole tensor
     */
    public Tensor join(List<Tensor> slices, long[] shape) {
        if (split.isEmpty()) {
            return slices.getFirst();
        }
        List<Tensor> opened = slices.stream().map(slice -> slice.reshape(opened(slice.shape(), split.get()))).toList();
        return Tensor.concatenate(opened, split.get().axis() + 1).reshape(shape);
    }

    private static long[] opened(long[] shape, Split split) {
        long[] result = new long[shape.length + 2];
        System.arraycopy(shape, 0, result, 0, split.axis());
        result[split.axis()] = split.outer();
        result[split.axis() + 1] = shape[split.axis()] / (split.outer() * split.inner());
        result[split.axis() + 2] = split.inner();
        System.arraycopy(shape, split.axis() + 1, result, split.axis() + 3, shape.length - split.axis() - 1);
        return result;
    }

    /**
     * A part of a tensor on which the groups act in one way.
     *
     * @param axes outermost first
     * @param shift the translation that is added, if any
     * @param scales the scalings that multiply
     */
    public record Part(List<Axis> axes, Optional<Vector> shift, List<Vector> scales) {
        /** Copies the lists. */
        public Part {
            axes = List.copyOf(axes);
            scales = List.copyOf(scales);
        }

        /**
         * All factors of all axes in order.
         *
         * @return the part's finest shape
         */
        public List<Factor> factors() {
            return axes.stream().flatMap(axis -> axis.factors().stream()).toList();
        }

        /**
         * Their lengths.
         *
         * @return [factors] a new array
         */
        public int[] lengths() {
            return factors().stream().mapToInt(Factor::length).toArray();
        }
    }

    /**
     * Where a tensor is split: the axis is a product of outer positions, the sum of the parts, and inner positions.
     *
     * @param axis which axis
     * @param outer product of the lengths before the sum
     * @param inner product of the lengths after the sum
     */
    public record Split(int axis, long outer, long inner) {}

    /**
     * One axis: the product of its factors, outermost first.
     *
     * @param factors one for a plain axis, several for a composite one such as {@code (heads head_dim)}
     */
    public record Axis(List<Factor> factors) {
        /** Copies the list. */
        public Axis {
            factors = List.copyOf(factors);
        }

        /** How many positions the axis has. */
        long length() {
            return factors.stream().mapToLong(Factor::length).reduce(1, Math::multiplyExact);
        }
    }

    /**
     * A piece of an axis.
     *
     * @param reference to the space whose positions it runs over; none for a fixed length
     * @param length number of positions
     * @param role how the space's map acts
     */
    public record Factor(Optional<SpaceReference> reference, int length, AxisRole role) {
        /**
         * The space it runs over, the first one where outer positions select it.
         *
         * @return the space's name; none for a fixed length
         */
        public Optional<String> space() {
            return reference.map(SpaceReference::first);
        }
    }

    /**
     * A vector space that acts along a factor.
     *
     * @param reference to the space
     * @param along number of the factor, counted over all axes; none for a single number
     * @param reciprocal whether a scaling divides
     */
    public record Vector(SpaceReference reference, Optional<Integer> along, boolean reciprocal) {}
}
