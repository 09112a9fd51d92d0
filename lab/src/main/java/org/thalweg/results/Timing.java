package org.thalweg.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything about a run that the clock decides; two equal runs differ in nothing else.
 *
 * @param startedAt when the run that finished the study began, ISO 8601
 * @param finishedAt when it ended, ISO 8601
 * @param seconds how long it took, without earlier runs it continued
 * @param steps seconds by kind of step, in the order in which they ran
 */
public record Timing(String startedAt, String finishedAt, double seconds, Map<String, Double> steps) {
    /** Copies the steps in their order. */
    public Timing {
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }
}
