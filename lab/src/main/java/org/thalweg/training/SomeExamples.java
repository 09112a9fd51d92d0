package org.thalweg.training;

import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Tensor;

/**
 * Some of the examples of a set, numbered anew.
 *
 * @param all the set
 * @param which numbers in it, in order
 */
public record SomeExamples(Examples all, int[] which) implements Examples {
    /** Copies the numbers. */
    public SomeExamples {
        which = which.clone();
    }

    @Override
    public int[] which() {
        return which.clone();
    }

    @Override
    public int size() {
        return which.length;
    }

    @Override
    public int classes() {
        return all.classes();
    }

    @Override
    public Examples seenWith(long seed) {
        Examples seen = all.seenWith(seed);
        return seen == all ? this : new SomeExamples(seen, which);
    }

    @Override
    public Tensor inputs(int[] indices) {
        return all.inputs(numbers(indices));
    }

    @Override
    public Tensor labels(int[] indices) {
        return all.labels(numbers(indices));
    }

    private int[] numbers(int[] indices) {
        return IntStream.of(indices).map(index -> which[index]).toArray();
    }
}
