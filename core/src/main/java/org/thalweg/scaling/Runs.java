package org.thalweg.scaling;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Trainings of which the same was measured.
 *
 * @param source where they come from, for sentences
 * @param measure what was measured
 * @param runs in any order, several of one setting allowed
 */
public record Runs(String source, Measure measure, List<Run> runs) {
    /** Copies the list. */
    public Runs {
        runs = List.copyOf(runs);
    }

    /** The runs of dense models, or those of the others. */
    List<Run> ofDense(boolean dense) {
        return runs.stream().filter(run -> run.setting().isDense() == dense).toList();
    }

    /** How many different values a part of the setting has. */
    static long different(List<Run> runs, ToDoubleFunction<Setting> part) {
        return runs.stream().mapToDouble(run -> part.applyAsDouble(run.setting())).distinct().count();
    }
}
