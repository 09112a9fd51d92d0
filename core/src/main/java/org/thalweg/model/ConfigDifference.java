package org.thalweg.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.thalweg.failure.Shown;

/**
 * A field in which two {@code config.json} differ.
 *
 * @param field its name; within objects with dots, {@code rope_scaling.factor}
 * @param a what A has, if it has the field
 * @param b what B has, if it has the field
 * @param effect whether the difference changes the function
 */
public record ConfigDifference(String field, Optional<JsonNode> a, Optional<JsonNode> b, Effect effect) {
    /** What a difference does to the function that a network computes. */
    public enum Effect {
        /** With the other value the network is another one, or none. */
        CHANGES_FUNCTION,
        /** The networks read from both are the same, or no class computes with the field. */
        SAME_FUNCTION,
        /** No network is built in, or only several differences together change it. */
        UNKNOWN
    }

    /** The field with both values, {@code rms_norm_eps: 1.0E-5, 1.0E-6}; long values are cut. */
    @Override
    public String toString() {
        return Shown.text(field) + ": " + shown(a) + ", " + shown(b);
    }

    private static String shown(Optional<JsonNode> value) {
        return value.map(node -> Shown.field(node.toString())).orElse("absent");
    }
}
