package org.thalweg.symmetry;

import java.util.List;
import java.util.Map;

/**
 * When a declaration holds.
 *
 * @param when flags that must all be set
 * @param where the range each variable is restricted to, by variable
 */
record Guard(List<String> when, Map<String, String> where) {
    Guard {
        when = List.copyOf(when);
        where = Map.copyOf(where);
    }

    boolean isActive(Conditions conditions) {
        return conditions.flags().containsAll(when);
    }

    boolean admits(Map<String, Integer> variables, Conditions conditions) {
        return isActive(conditions)
                && where.entrySet().stream()
                        .filter(entry -> variables.containsKey(entry.getKey()))
                        .allMatch(entry -> conditions.ranges().get(entry.getValue())
                                .contains(variables.get(entry.getKey())));
    }
}
