package org.thalweg.zoo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.thalweg.failure.WrongUse;

/**
 * Sizes, steps and rates of a system.
 *
 * @param values by name, in order
 */
public record Settings(Map<String, Double> values) {
    /** Copies the map. */
    public Settings {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * A setting that is a number.
     *
     * @param name one of the system's
     * @return its value
     */
    public double number(String name) {
        if (!values.containsKey(name)) {
            throw new IllegalArgumentException("there is no setting '" + name + "'");
        }
        return values.get(name);
    }

    /**
     * A setting that is a whole number.
     *
     * @param name one of the system's
     * @return its value, at least 1
     * @throws WrongUse when it is none
     */
    public int whole(String name) {
        double value = number(name);
        if (value < 1 || value != Math.rint(value) || value > Integer.MAX_VALUE) {
            throw new WrongUse("settings." + name + " is " + value + " but must be a whole number from 1 on.");
        }
        return (int) value;
    }
}
