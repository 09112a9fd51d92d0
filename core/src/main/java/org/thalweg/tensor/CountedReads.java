package org.thalweg.tensor;

/** Reports to an observer how many tensors a step has read. Several threads may read. */
public final class CountedReads {
    private final long total;
    private final WorkObserver observer;
    private long read;

    /**
     * Work that begins now.
     *
     * @param work what is done, for people
     * @param total how many tensors are read; those that are read once more are not counted
     * @param observer told of the beginning and of each tensor
     */
    public CountedReads(String work, long total, WorkObserver observer) {
        this.total = total;
        this.observer = observer;
        observer.began(work, total);
    }

    /**
     * The same tensors, counted.
     *
     * @param tensors gives them
     * @return a reader that counts
     */
    public TensorReader of(TensorReader tensors) {
        return name -> {
            Tensor tensor = tensors.read(name);
            count();
            return tensor;
        };
    }

    private synchronized void count() {
        // A tied embedding is read once more for the head, and a copy once more for its place in the file.
        observer.reached(Math.min(total, ++read));
    }
}
