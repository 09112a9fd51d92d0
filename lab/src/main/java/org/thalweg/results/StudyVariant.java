package org.thalweg.results;

import java.util.List;

/**
 * The study once more with another value of one key.
 *
 * @param key for example {@code residual}
 * @param value as text
 * @param replicas the trained models, whose ids are unique among those of the same value
 * @param means of all replicas, as in the study itself
 */
public record StudyVariant(String key, String value, List<TransformerReplica> replicas, List<ReplicaMean> means) {
    /** Copies the lists. */
    public StudyVariant {
        replicas = List.copyOf(replicas);
        means = List.copyOf(means);
    }
}
