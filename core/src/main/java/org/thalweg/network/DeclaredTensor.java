package org.thalweg.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A tensor that a network reads.
 *
 * @param name in the checkpoint
 * @param shape lengths of the axes
 * @param stages the stages that read it, ascending
 * @param filling how {@link #draw} fills it
 */
public record DeclaredTensor(String name, List<Long> shape, List<Integer> stages, Filling filling) {
    /** Random contents. */
    public sealed interface Filling {
        /**
         * Uniform in ±range.
         *
         * @param range half the width of the interval
         */
        record Uniform(double range) implements Filling {}

        /**
         * Normal numbers.
         *
         * @param mean their mean
         * @param deviation their standard deviation
         */
        record Normal(double mean, double deviation) implements Filling {}
    }

    /** Copies the shape. */
    public DeclaredTensor {
        shape = List.copyOf(shape);
        stages = List.copyOf(stages);
    }

    /** As the whole, for a tensor that one stage reads. */
    public DeclaredTensor(String name, List<Long> shape, int stage, Filling filling) {
        this(name, shape, List.of(stage), filling);
    }

    /**
     * The same tensor, read by one more stage, such as an embedding that is the head too.
     *
     * @param stage a later stage
     * @return a new declaration
     */
    public DeclaredTensor alsoAt(int stage) {
        List<Integer> all = new ArrayList<>(stages);
        all.add(stage);
        return new DeclaredTensor(name, shape, all, filling);
    }

    /**
     * A random model at a generic point, for tests of symmetries: every tensor filled as declared. This is no recipe
     * for training.
     *
     * @param tensors every tensor of a network
     * @param random where the numbers come from
     * @return the tensors in their order, float32
     */
    public static Parameters draw(Collection<DeclaredTensor> tensors, Random random) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        tensors.forEach(tensor -> result.put(tensor.name, switch (tensor.filling) {
            case Filling.Uniform(double range) -> random.uniform(DType.FLOAT32, -range, range, tensor.lengths());
            case Filling.Normal(double mean, double deviation) ->
                random.normal(DType.FLOAT32, tensor.lengths()).multiply(deviation).add(mean);
        }));
        return Parameters.of(result);
    }

    /**
     * Refuses parameters that lack a tensor or have one of another shape; others may be there.
     *
     * @param tensors every tensor of a network
     * @param parameters a model
     * @throws WorkFailure that names the first such tensor
     */
    public static void require(Collection<DeclaredTensor> tensors, Parameters parameters) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        parameters.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        requireShapes(tensors, shapes);
    }

    /**
     * As {@link #require}, without a tensor being read.
     *
     * @param tensors every tensor of a network
     * @param shapes lengths of the axes by the tensor's name; not changed
     * @throws WorkFailure that names the first such tensor
     */
    public static void requireShapes(Collection<DeclaredTensor> tensors, Map<String, long[]> shapes) {
        for (DeclaredTensor tensor : tensors) {
            long[] found = Optional.ofNullable(shapes.get(tensor.name)).orElseThrow(() -> new WorkFailure(
                    "the checkpoint has no tensor '" + tensor.name + "' " + tensor.shape
                            + " which its config.json asks for"));
            if (!Arrays.equals(found, tensor.lengths())) {
                throw new WorkFailure("tensor '" + tensor.name + "' has shape " + Arrays.toString(found)
                        + " but its config.json asks for " + tensor.shape);
            }
        }
    }

    /** The shape as an array. */
    public long[] lengths() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
