package org.thalweg.spark;

import java.io.Serializable;
import java.util.List;

/** How a task ended. What would fail on every machine is a result too, so that Spark does not try it again. */
sealed interface StepResult extends Serializable {
    /** What the user should know, one sentence each. */
    List<String> warnings();

    /**
     * The artifact is there.
     *
     * @param content digest of its files
     * @param notes how the work was done, where that depends on the machine
     * @param warnings what the user should know
     */
    record Made(String content, List<String> notes, List<String> warnings) implements StepResult {
        /** Copies the lists. */
        public Made {
            notes = List.copyOf(notes);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The work failed.
     *
     * @param sentence why
     * @param warnings what the user should know
     */
    record Failed(String sentence, List<String> warnings) implements StepResult {
        /** Copies the list. */
        public Failed {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The step was told to stop, and has kept its state.
     *
     * @param warnings what the user should know
     */
    record Halted(List<String> warnings) implements StepResult {
        /** Copies the list. */
        public Halted {
            warnings = List.copyOf(warnings);
        }
    }
}
