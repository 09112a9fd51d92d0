package org.thalweg.identifiability;

/**
 * How closely two layers are compared.
 *
 * @param tolerance largest relative difference that counts as equal; float64 models agree to about 1e-12, models
 *     that were moved in float32 to about 1e-5
 * @param probes random inputs on which functions are compared
 * @param seed of the probe inputs
 */
public record IdentificationSettings(double tolerance, int probes, long seed) {
    /** Refuses values under which nothing is compared. */
    public IdentificationSettings {
        if (!(tolerance > 0) || probes < 1) {
            throw new IllegalArgumentException(
                    "a positive tolerance and at least 1 probe are needed, not " + tolerance + " and " + probes);
        }
    }

    /**
     * For float64 models.
     *
     * @return tolerance 1e-9, 512 probes, seed 0
     */
    public static IdentificationSettings defaults() {
        return new IdentificationSettings(1e-9, 512, 0);
    }
}
