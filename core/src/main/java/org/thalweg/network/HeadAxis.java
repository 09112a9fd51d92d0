package org.thalweg.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.thalweg.tensor.Tensor;

/**
 * An axis of a tensor along which attention heads lie.
 *
 * @param axis its number
 * @param parts what lies along it, in order
 */
public record HeadAxis(int axis, List<Part> parts) {
    /**
     * Heads of one kind.
     *
     * @param heads how many
     * @param width positions of each
     * @param joined whether heads of several models stand side by side, else they are averaged
     */
    public record Part(long heads, long width, boolean joined) {}

    /** Copies the list. */
    public HeadAxis {
        parts = List.copyOf(parts);
    }

    /**
     * Joins a tensor of several models: averages, or, where heads are joined, each head of the first model times the
     * root of its weight, then that of the second, and so on.
     *
     * @param models the tensor in each model, floating and of one shape; not changed
     * @param weights one for each model, from 0 on
     * @return the tensor, with joined parts longer by the number of models
     */
    public Tensor join(List<Tensor> models, double[] weights) {
        List<Tensor> joined = new ArrayList<>();
        long start = 0;
        for (Part part : parts) {
            List<Tensor> slices = new ArrayList<>();
            for (int model = 0; model < weights.length; model++) {
                slices.add(models.get(model).narrow(axis, start, part.heads * part.width)
                        .multiply(part.joined ? Math.sqrt(weights[model]) : weights[model]));
            }
            joined.add(part.joined ? sideBySide(slices, part) : slices.stream().reduce(Tensor::add).orElseThrow());
            start += part.heads * part.width;
        }
        return Tensor.concatenate(joined, axis);
    }

    private Tensor sideBySide(List<Tensor> slices, Part part) {
        long[] shape = slices.getFirst().shape();
        long[] split = new long[shape.length + 1];
        System.arraycopy(shape, 0, split, 0, axis);
        split[axis] = part.heads;
        split[axis + 1] = part.width;
        System.arraycopy(shape, axis + 1, split, axis + 2, shape.length - axis - 1);
        long[] longer = Arrays.copyOf(shape, shape.length);
        longer[axis] = shape[axis] * slices.size();
        return Tensor.concatenate(slices.stream().map(slice -> slice.reshape(split)).toList(), axis + 1)
                .reshape(longer);
    }
}
