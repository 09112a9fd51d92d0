package org.thalweg.study;

import org.thalweg.storage.Digest;

/** The data of one run of a graph, which every step may read. */
public sealed interface StepData permits ExampleData, SystemData {
    /**
     * The identity of the data: equal for equal inputs and labels, split and seen in the same way.
     *
     * @return one digest of all of it
     */
    Digest digest();
}
