package org.thalweg.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One model of a Mixture-of-Experts system that a study trained.
 *
 * @param id its name, unique in the study
 * @param variant which of the system's variants
 * @param seed of all that was random
 * @param measures what was measured of it, by name
 * @param checkpoint the model's directory, relative to the run's
 */
public record SystemModel(String id, String variant, long seed, Map<String, Double> measures, String checkpoint) {
    /** Copies the map in its order. */
    public SystemModel {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    /** The same model in another place. */
    public SystemModel at(String place) {
        return new SystemModel(id, variant, seed, measures, place);
    }
}
