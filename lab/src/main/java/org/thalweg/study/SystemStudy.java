package org.thalweg.study;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.Nearest;
import org.thalweg.failure.WrongUse;
import org.thalweg.zoo.MoeSystem;
import org.thalweg.zoo.MoeSystems;
import org.thalweg.zoo.Settings;

/**
 * A study of a published Mixture-of-Experts system: each of its variants is trained from several seeds and measured,
 * what its authors claim is laid beside, and replicas of one variant are matched and connected.
 *
 * @param study name, also of the run's directory
 * @param description one sentence for readers
 * @param system the system's name, such as {@code omni-router}
 * @param seed every other seed follows from it
 * @param replicas seeds of each variant, 5 when absent
 * @param points of the grid on which paths are measured, 25 when absent
 * @param settings the system's sizes, steps and rates that are otherwise than usual
 */
public record SystemStudy(
        String study, Optional<String> description, String system, long seed, Optional<Integer> replicas,
        Optional<Integer> points, Optional<Map<String, Double>> settings) implements Study {
    /** The key that makes a study one of this kind. */
    static final String MARK = "system";

    private static final int REPLICAS = 5;
    private static final int POINTS = 25;

    /** Refuses numbers that make no study. */
    public SystemStudy {
        settings = settings.map(LinkedHashMap::new);
        requireBetween("replicas", replicas.orElse(REPLICAS), 2, 100);
        requireBetween("points", points.orElse(POINTS), 3, 1001);
    }

    private static void requireBetween(String key, int found, int least, int most) {
        if (found < least || found > most) {
            throw new WrongUse(key + " is " + found + ", expected " + least + " to " + most + ".");
        }
    }

    /** The system. */
    MoeSystem moe() {
        return MoeSystems.named(system);
    }

    /** What its steps work on. */
    public StepData data() {
        return new SystemData(moe(), allSettings());
    }

    int replicaCount() {
        return replicas.orElse(REPLICAS);
    }

    int gridPoints() {
        return points.orElse(POINTS);
    }

    /** All settings of the system, with those that the file changes. */
    Settings allSettings() {
        Map<String, Double> all = new LinkedHashMap<>(moe().defaults());
        settings.ifPresent(given -> given.forEach((name, value) -> {
            if (!all.containsKey(name)) {
                throw new WrongUse("settings has the key '" + StudyKeys.shown(name) + "', which " + system
                        + " does not know; the nearest known key is '" + Nearest.to(name, all.keySet())
                        + "'.");
            }
            all.put(name, value);
        }));
        return new Settings(all);
    }

    /** Refuses keys that do not fit together, and settings that make no system. */
    void requireSense() {
        moe().variants(allSettings());
    }
}
