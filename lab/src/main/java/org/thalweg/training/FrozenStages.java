package org.thalweg.training;

import java.util.Arrays;
import java.util.List;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The stages of a network in front of the first one that is trained.
 *
 * @param network the network
 * @param model its tensors
 * @param to the first trained stage; 0 for no stage in front of it
 */
record FrozenStages(Network network, Parameters model, int to) {
    /**
     * What the first trained stage takes of one example.
     *
     * @param shape without the axis of the examples
     * @param dtype of the numbers
     */
    record Row(long[] shape, DType dtype) {
        long bytes() {
            return elements() * dtype.bytes();
        }

        long elements() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }

        String words() {
            return Arrays.toString(shape) + " " + dtype;
        }

        /** The shape of so many of them. */
        long[] times(long count) {
            long[] all = new long[shape.length + 1];
            all[0] = count;
            System.arraycopy(shape, 0, all, 1, shape.length);
            return all;
        }
    }

    /** Measures what they make of the first example. */
    Row row(Examples examples) {
        try (Scope scope = Scope.open()) {
            Tensor one = run(examples, new int[] {0});
            return new Row(Arrays.copyOfRange(one.shape(), 1, one.rank()), one.dtype());
        }
    }

    /** What they make of some examples, in the current scope. */
    Tensor run(Examples examples, int[] indices) {
        EvaluationSet.Batch inputs = new EvaluationSet.Batch(examples.inputs(indices), examples.labels(indices));
        return EvaluationSet.advance(network, model, List.of(inputs), to).batches().getFirst().state();
    }

    /** The same network with nothing in front of what is trained. */
    FrozenStages none() {
        return new FrozenStages(network, model, 0);
    }

    /** The digest of all that these stages read, by name. */
    Digest digest() {
        List<String> read = network.tensors().values().stream()
                .filter(tensor -> tensor.stages().getFirst() < to).map(DeclaredTensor::name).toList();
        try (Scope scope = Scope.open()) {
            return Digest.ofText(Digest.ofText(String.join("\n", read)).hex()
                    + Digest.ofMemory(read.stream().map(name -> model.get(name).contiguousBytes()).toList()).hex());
        }
    }
}
