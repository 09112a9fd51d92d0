package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One trained network. In {@code results.json} it is one flat object ({@code replicas[]}).
 *
 * @param id its name, unique in the study, used by {@link PairResult}
 * @param setting the architecture and data it belongs to
 * @param seed the seed of its initialisation and batch order
 * @param outcome what became of it
 */
public record ReplicaResult(String id, Setting setting, long seed, ReplicaOutcome outcome) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static ReplicaResult of(ReplicaDocument document) {
        return document.toResult();
    }

    @JsonValue
    ReplicaDocument toDocument() {
        return ReplicaDocument.of(this);
    }
}
