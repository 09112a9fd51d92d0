package org.thalweg.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;

/**
 * Options given as {@code name=value}, each with a default: whole numbers from 1 where the default is a number, any
 * text where it is a text.
 *
 * @param values by name, each an {@code Integer} or a {@code String}
 */
public record Options(Map<String, Object> values) {
    /**
     * Reads options.
     *
     * @param arguments what was given
     * @param defaults an {@code Integer} or a {@code String} for every option that there is
     * @return the options
     * @throws WrongUse when one is unknown or no number where one is expected
     */
    public static Options of(String[] arguments, Map<String, ?> defaults) {
        Map<String, Object> values = new LinkedHashMap<>(defaults);
        for (String argument : arguments) {
            List<String> sides = List.of(argument.split("=", 2));
            boolean known = sides.size() == 2 && defaults.containsKey(sides.getFirst());
            boolean isNumber = known && defaults.get(sides.getFirst()) instanceof Integer;
            if (!known || isNumber && !sides.get(1).matches("[1-9]\\d{0,8}")) {
                throw new WrongUse("'" + argument + "' is no option; expected NAME=" + (isNumber ? "NUMBER" : "VALUE")
                        + " with a name of " + String.join(", ", defaults.keySet()) + ".");
            }
            String value = sides.get(1);
            values.put(sides.getFirst(), isNumber ? (Object) Integer.valueOf(value) : value);
        }
        return new Options(values);
    }

    /**
     * A number.
     *
     * @param name of an option whose default is a number
     * @return its value
     */
    public int get(String name) {
        return (Integer) values.get(name);
    }

    /**
     * A text.
     *
     * @param name of an option whose default is a text
     * @return its value
     */
    public String text(String name) {
        return (String) values.get(name);
    }
}
