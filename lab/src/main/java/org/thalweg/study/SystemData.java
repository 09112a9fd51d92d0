package org.thalweg.study;

import org.thalweg.storage.Digest;
import org.thalweg.zoo.MoeSystem;
import org.thalweg.zoo.Settings;

/**
 * A Mixture-of-Experts system as the steps of its study work on it; it makes its data itself.
 *
 * @param system the system
 * @param settings all of its settings
 */
public record SystemData(MoeSystem system, Settings settings) implements StepData {
    @Override
    public Digest digest() {
        return Digest.ofText(system.name() + " " + MoeSystem.DATA_SEED + " " + settings);
    }

    /** The system of a step's data. */
    static SystemData of(StepContext context) {
        if (context.data() instanceof SystemData data) {
            return data;
        }
        throw new IllegalArgumentException("a step of a system was given other data");
    }
}
