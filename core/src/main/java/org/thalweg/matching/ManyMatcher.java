package org.thalweg.matching;

import java.util.List;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/** Finds the alignments that bring several models of one architecture into one basis. */
@FunctionalInterface
public interface ManyMatcher {
    /**
     * Finds an alignment of each model to the first. From one model to another leads the way to the first and back, so
     * that going round a cycle of models changes nothing.
     *
     * @param architecture of all models
     * @param models two or more, finite; not changed
     * @param observer watches
     * @return the alignments, of which the first is the identity
     * @throws org.thalweg.failure.WrongUse when what is asked for does not exist in the architecture
     */
    UniverseMatcher.Universe match(Architecture architecture, List<TensorReader> models, WorkObserver observer);
}
