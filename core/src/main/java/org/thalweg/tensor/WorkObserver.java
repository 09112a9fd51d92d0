package org.thalweg.tensor;

/**
 * Who watches long work on the tensors of a model. Called from the thread that works; whatever it throws ends the work
 * and leaves nothing behind.
 */
public interface WorkObserver {
    /** The last piece of work, the only one in which something half done is on disk. */
    String WRITING = "writing";

    /** The piece of work that may keep its state and go on from it another time, see {@link #stopRequested}. */
    String LEARNING = "learning";

    /**
     * The work is planned; told before it begins, where it may take much memory.
     *
     * @param memory how much it takes at most, for people
     */
    default void planned(String memory) {
        // Most watch the work alone.
    }

    /**
     * A piece of work begins, and the one before has ended.
     *
     * @param work what is done, for people, for example {@code matching}
     * @param tensors how many tensors it takes
     */
    void began(String work, long tensors);

    /**
     * Some of it is done.
     *
     * @param tensors how many tensors are behind; does not fall
     */
    void reached(long tensors);

    /**
     * Whether work that keeps its state is to save it now and stop, by {@link org.thalweg.failure.Stopped}; all other
     * work goes on until this observer throws.
     *
     * @return true when somebody asked for it
     */
    default boolean stopRequested() {
        return false;
    }

    /**
     * Something the user should know; passed over where nothing is shown.
     *
     * @param sentence one sentence
     */
    default void told(String sentence) {
        // Only some have somewhere to show it.
    }

    /** Watches nothing. */
    WorkObserver SILENT = new WorkObserver() {
        @Override
        public void began(String work, long tensors) {
            // Nobody is watching.
        }

        @Override
        public void reached(long tensors) {
            // Nobody is watching.
        }
    };
}
