package org.thalweg.tensor;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;

/**
 * Inner products in float64 whatever the type of the factors, in blocks that a cache holds, several at a time. The sums
 * of the blocks are added in their order, so that a result does not depend on the number of threads. Changes nothing.
 */
public final class InnerProducts {
    private InnerProducts() {}

    /**
     * The sum of all squares.
     *
     * @param tensor of any shape
     * @return its squared Euclidean norm
     */
    public static double squareOf(Tensor tensor) {
        return sum(tensor, tensor, (some, _) -> square(some.to(DType.FLOAT64)));
    }

    /**
     * The sum of all products of corresponding numbers.
     *
     * @param one of any shape
     * @param other of the same shape
     * @return their inner product
     */
    public static double of(Tensor one, Tensor other) {
        return sum(one, other,
                (some, others) -> some.to(DType.FLOAT64).multiply(others.to(DType.FLOAT64)).sum().item());
    }

    /**
     * The sum of all squared differences.
     *
     * @param one of any shape
     * @param other of the same shape
     * @return their squared Euclidean distance
     */
    public static double squaredDistance(Tensor one, Tensor other) {
        return sum(one, other,
                (some, others) -> square(some.to(DType.FLOAT64).subtract(others.to(DType.FLOAT64))));
    }

    /**
     * The sums of squares at each position of some axes.
     *
     * @param tensor of any shape
     * @param axes which, ascending; none for one sum of all
     * @return the sums in row-major order of the axes
     */
    public static double[] squaresAlong(Tensor tensor, List<Integer> axes) {
        Blocks blocks = Blocks.of(tensor);
        Function<Blocks.Block, double[]> squares = block -> {
            Tensor exact = block.of(tensor).to(DType.FLOAT64);
            return sumExcept(exact.multiply(exact), axes).toDoubles();
        };
        if (!axes.contains(blocks.axis())) {
            return blocks.sum(squares);
        }
        try (Scope scope = Scope.open()) {
            long[] shape = axes.stream().mapToLong(tensor::length).toArray();
            int along = axes.indexOf(blocks.axis());
            shape[along] = -1;
            return Tensor.concatenate(blocks.map(squares).stream()
                    .map(found -> Tensor.of(found, found.length).reshape(shape)).toList(), along).toDoubles();
        }
    }

    /**
     * Sums over all axes but some.
     *
     * @param tensor of any shape
     * @param axes that stay, ascending
     * @return the sums, with these axes alone, in the element type
     */
    public static Tensor sumExcept(Tensor tensor, List<Integer> axes) {
        Tensor sum = tensor;
        for (int axis = tensor.rank() - 1; axis >= 0; axis--) {
            if (!axes.contains(axis)) {
                sum = sum.sum(axis, false);
            }
        }
        return sum;
    }

    private static double square(Tensor exact) {
        Tensor flat = exact.reshape(-1);
        return flat.matmul(flat).item();
    }

    private static double sum(Tensor one, Tensor other, ToDoubleBiFunction<Tensor, Tensor> ofBlock) {
        double sum = 0;
        for (double some : Blocks.of(one).map(block -> ofBlock.applyAsDouble(block.of(one), block.of(other)))) {
            sum += some;
        }
        return sum;
    }
}
