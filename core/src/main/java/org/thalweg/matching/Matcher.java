package org.thalweg.matching;

import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Finds the alignment that brings one model close to another of the same architecture. */
@FunctionalInterface
public interface Matcher {
    /**
     * Finds the alignment of B to A. It may be a local optimum.
     *
     * @param architecture of both models
     * @param reference A, finite; not changed
     * @param model B, finite; not changed
     * @param observer watches
     * @return the alignment with what was found in each space
     * @throws org.thalweg.failure.WrongUse when what is asked for does not exist in the architecture
     */
    Match match(Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer);
}
