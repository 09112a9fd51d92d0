package org.thalweg.training;

/** Who watches a long work: is told of progress, and may ask it to stop. */
public interface Monitor {
    /**
     * A step is done.
     *
     * @param loss its training loss, nats
     */
    void stepDone(double loss);

    /**
     * Steps found finished in a snapshot.
     *
     * @param steps how many
     */
    void resumedAfter(long steps);

    /**
     * Whether to save and stop now.
     *
     * @return true when somebody asked for it
     */
    boolean stopRequested();

    /**
     * Something the user should know; passed over by a monitor that shows nothing.
     *
     * @param sentence one sentence
     */
    default void warned(String sentence) {
        // Only some monitors have somewhere to show it.
    }

    /**
     * How the work is done, where that depends on the machine; passed over by a monitor that shows nothing.
     *
     * @param sentence one sentence
     */
    default void noted(String sentence) {
        // Only some monitors have somewhere to show it.
    }

    /** A monitor that watches nothing and never stops anything. */
    Monitor SILENT = new Monitor() {
        @Override
        public void stepDone(double loss) {
            // Nobody is watching.
        }

        @Override
        public void resumedAfter(long steps) {
            // Nobody is watching.
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    };
}
