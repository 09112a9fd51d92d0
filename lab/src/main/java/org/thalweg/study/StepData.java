package org.thalweg.study;

import org.thalweg.connectivity.Examples;
import org.thalweg.storage.Digest;

/** The data of one run of a graph, which every step may read. */
public sealed interface StepData permits StudyData, TransformerData {
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
     * The identity of the data: equal for equal inputs and labels, split and seen in the same way.
     *
     * @return one digest of all of it
     */
    Digest digest();
}
