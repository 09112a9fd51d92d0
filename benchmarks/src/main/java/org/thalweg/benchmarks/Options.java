package org.thalweg.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;

/**
 * Numbers given as {@code name=value}, each with a default.
 *
 * @param numbers by name
 */
record Options(Map<String, Integer> numbers) {
    static Options of(String[] arguments, Map<String, Integer> defaults) {
        Map<String, Integer> numbers = new LinkedHashMap<>(defaults);
        for (String argument : arguments) {
            List<String> sides = List.of(argument.split("=", 2));
            boolean known = sides.size() == 2 && defaults.containsKey(sides.getFirst());
            if (!known || !sides.get(1).matches("[1-9]\\d{0,8}")) {
                throw new WrongUse("'" + argument + "' is no option; expected NAME=NUMBER with a name of "
                        + String.join(", ", defaults.keySet()) + ".");
            }
            numbers.put(sides.getFirst(), Integer.parseInt(sides.get(1)));
        }
        return new Options(numbers);
    }

    int get(String name) {
        return numbers.get(name);
    }
}
