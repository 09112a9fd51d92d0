package org.thalweg.study;

import org.thalweg.connectivity.Examples;

/** Data sets: examples with their answers, on which networks are trained and measured. */
public sealed interface ExampleData extends StepData permits StudyData, TransformerData {
    /** What networks are trained on. */
    Examples train();

    /** What results are measured on. */
    Examples test();

    /** Examples run at once when evaluating. */
    int evaluationBatch();

    /** Examples at most on which the check that a function is unchanged is done, all at once and in float64. */
    default int mostProbes() {
        return 64;
    }

    /**
     * The examples of a step's data.
     *
     * @param data of a step that works on examples
     * @return the same
     * @throws IllegalArgumentException when a graph gave such a step other data
     */
    static ExampleData of(StepData data) {
        if (data instanceof ExampleData examples) {
            return examples;
        }
        throw new IllegalArgumentException("a step that works on examples was given other data");
    }
}
