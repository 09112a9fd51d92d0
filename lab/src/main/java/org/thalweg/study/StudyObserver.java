package org.thalweg.study;

/** Who watches a study. Called from several threads at once. */
public interface StudyObserver {
    /**
     * The study is about to start.
     *
     * @param work all of it, as images passed forward
     */
    void planned(long work);

    /**
     * Some work is done.
     *
     * @param work how much
     * @param step the step's kind and label
     * @param note for example its loss
     */
    void advanced(long work, String step, String note);

    /**
     * Some work was found done by an earlier run.
     *
     * @param work how much
     */
    void reused(long work);

    /**
     * Something the user should know.
     *
     * @param sentence one sentence
     */
    void warned(String sentence);

    /**
     * How work is done, where that depends on the machine; passed over by those who show nothing.
     *
     * @param sentence one sentence, the same for work that is done in the same way
     */
    default void noted(String sentence) {
        // Only some have somewhere to show it.
    }

    /** Watches nothing. */
    StudyObserver SILENT = new StudyObserver() {
        @Override
        public void planned(long work) {
            // Nobody is watching.
        }

        @Override
        public void advanced(long work, String step, String note) {
            // Nobody is watching.
        }

        @Override
        public void reused(long work) {
            // Nobody is watching.
        }

        @Override
        public void warned(String sentence) {
            // Nobody is watching.
        }
    };
}
