package org.thalweg.connectivity;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/** Numbered inputs of a network with the answers that are right: images with classes, texts with their next tokens. */
public interface Examples {
    /** The label of a position for which no answer is counted. */
    long IGNORED = -100;

    /**
     * How many there are.
     *
     * @return examples
     */
    int size();

    /**
     * Among how many answers one is right.
     *
     * @return classes, or tokens of the vocabulary
     */
    int classes();

    /**
     * Some of the inputs.
     *
     * @param indices which, in order
     * @return what the network's first stage takes, in the current scope
     */
    Tensor inputs(int[] indices);

    /**
     * The right answers of some inputs.
     *
     * @param indices which, in order
     * @return int64, [batch] or [batch tokens]; {@link #IGNORED} where none is counted
     */
    Tensor labels(int[] indices);

    /**
     * The examples as one epoch of a training sees them.
     *
     * @param seed of that epoch
     * @return these, unless they are changed at random for training; of the same size and labels
     */
    default Examples seenWith(long seed) {
        return this;
    }

    /**
     * All examples in batches, in order, for evaluation.
     *
     * @param batch examples of a batch
     * @return the batches, owned by the enclosing scope
     */
    default List<EvaluationSet.Batch> inOrder(int batch) {
        List<EvaluationSet.Batch> batches = new ArrayList<>();
        for (int start = 0; start < size(); start += batch) {
            batches.add(batch(start, Math.min(batch, size() - start), DType.FLOAT32));
        }
        return batches;
    }

    /**
     * Consecutive examples.
     *
     * @param start the first
     * @param count how many
     * @param computed type of inputs that are no whole numbers
     * @return the batch, owned by the enclosing scope
     */
    default EvaluationSet.Batch batch(int start, int count, DType computed) {
        int[] indices = IntStream.range(start, start + count).toArray();
        Tensor inputs = inputs(indices);
        return new EvaluationSet.Batch(
                inputs.dtype().isFloating() && inputs.dtype() != computed ? inputs.to(computed) : inputs,
                labels(indices));
    }

    /**
     * The first of these examples.
     *
     * @param most how many, if there are as many
     * @return these where there are no more, else a view of them
     */
    default Examples first(int most) {
        return size() <= most ? this : new FirstExamples(this, most);
    }
}
