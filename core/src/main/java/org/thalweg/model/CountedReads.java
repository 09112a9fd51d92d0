package org.thalweg.model;

import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/** Reports to an observer how many tensors a step has read. For one thread. */
final class CountedReads {
    private final long total;
    private final WorkObserver observer;
    private long read;

    /** Work that begins now and reads so many tensors; those that are read once more are not counted. */
    CountedReads(String work, long total, WorkObserver observer) {
        this.total = total;
        this.observer = observer;
        observer.began(work, total);
    }

    /** The same tensors, counted. */
    TensorReader of(TensorReader tensors) {
        return name -> {
            Tensor tensor = tensors.read(name);
            // A tied embedding is read once more for the head, and a copy once more for its place in the file.
            observer.reached(Math.min(total, ++read));
            return tensor;
        };
    }
}
