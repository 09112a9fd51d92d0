package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;

/**
 * One path between two replicas by one method. In {@code results.json} it is one flat object ({@code pairs[]}).
 *
 * @param setting what it is averaged within
 * @param replicaA the replica at t = 0, by its id
 * @param replicaB the replica at t = 1, by its id: the one that is aligned
 * @param method how B was brought to A
 * @param outcome what was measured, or why nothing was
 */
public record PairResult(Setting setting, String replicaA, String replicaB, Method method, PairOutcome outcome) {
    /**
     * What was measured.
     *
     * @return the measurement, absent when the pair is excluded
     */
    public Optional<PairOutcome.Measured> measured() {
        return switch (outcome) {
            case PairOutcome.Measured measured -> Optional.of(measured);
            case PairOutcome.Excluded excluded -> Optional.empty();
        };
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static PairResult of(PairDocument document) {
        return document.toResult();
    }

    @JsonValue
    PairDocument toDocument() {
        return PairDocument.of(this);
    }
}
