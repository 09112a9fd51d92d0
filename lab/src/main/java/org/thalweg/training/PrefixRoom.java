package org.thalweg.training;

import java.util.Optional;

/**
 * Where a training keeps what the stages in front of its first trained one make of the examples.
 *
 * @param store where it is kept
 * @param examples names the examples and all that decides what stages with given tensors make of them: trainings that
 *     share a store have equal names for equal ones
 */
public record PrefixRoom(PrefixStore store, String examples) {
    /** A gibibyte of memory that no other training sees. */
    public static PrefixRoom usual() {
        return of(PrefixStore.forOneTraining(1L << 30, Optional.empty()));
    }

    /** A store that no other training sees. */
    public static PrefixRoom of(PrefixStore own) {
        return new PrefixRoom(own, "");
    }
}
