package org.thalweg.merging;

import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;

/**
 * Values of all parameters that a method takes, for one tensor; usual ones included.
 *
 * @param shared by name
 * @param models by name, of each model in the order of {@link ModelTensors#models}
 */
public record MergeValues(Map<String, MergeValue> shared, List<Map<String, MergeValue>> models) {
    /** Copies both. */
    public MergeValues {
        shared = Map.copyOf(shared);
        models = models.stream().map(Map::copyOf).toList();
    }

    /**
     * A number that all models share.
     *
     * @param name of the parameter
     * @return its value
     * @throws WrongUse when it is no number
     */
    public double real(String name) {
        return real(name, shared);
    }

    /**
     * A yes or no that all models share.
     *
     * @param name of the parameter
     * @return its value
     * @throws WrongUse when it is neither
     */
    public boolean flag(String name) {
        return switch (value(name, shared)) {
            case MergeValue.Flag(boolean value) -> value;
            // Files spell yes and no as 1 and 0 too.
            case MergeValue.Real(double value) when value == 0 || value == 1 -> value == 1;
            case MergeValue.Real(double value) -> throw new WrongUse(
                    "the parameter '" + name + "' is " + value + ", expected true or false.");
            case MergeValue.Word(String value) -> throw new WrongUse(
                    "the parameter '" + name + "' is '" + value + "', expected true or false.");
        };
    }

    /**
     * A value that all models share, of any kind.
     *
     * @param name of the parameter
     * @return its value
     */
    public MergeValue value(String name) {
        return value(name, shared);
    }

    /**
     * A number that each model has.
     *
     * @param name of the parameter
     * @return by model
     * @throws WrongUse when one is no number
     */
    public double[] reals(String name) {
        return models.stream().mapToDouble(model -> real(name, model)).toArray();
    }

    private static double real(String name, Map<String, MergeValue> values) {
        return switch (value(name, values)) {
            case MergeValue.Real(double value) -> value;
            case MergeValue.Flag(boolean value) -> throw new WrongUse(
                    "the parameter '" + name + "' is " + value + ", expected a number.");
            case MergeValue.Word(String value) -> throw new WrongUse(
                    "the parameter '" + name + "' is '" + value + "', expected a number.");
        };
    }

    private static MergeValue value(String name, Map<String, MergeValue> values) {
        if (!values.containsKey(name)) {
            throw new WrongUse("the parameter '" + name + "' is missing; give it a value.");
        }
        return values.get(name);
    }
}
