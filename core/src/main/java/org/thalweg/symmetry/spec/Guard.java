package org.thalweg.symmetry.spec;

import java.util.List;
import java.util.Map;

/**
 * When a declaration holds.
 *
 * @param when flags that must all be set
 * @param unless flags none of which may be set
 * @param where the range each variable is restricted to, by variable
 */
record Guard(List<String> when, List<String> unless, Map<String, String> where) {
    Guard {
        when = List.copyOf(when);
        unless = List.copyOf(unless);
        where = Map.copyOf(where);
    }

    boolean isActive(Conditions conditions) {
        return conditions.flags().containsAll(when) && unless.stream().noneMatch(conditions.flags()::contains);
    }

    boolean admits(Map<String, Integer> variables, Conditions conditions) {
        return isActive(conditions)
                && where.entrySet().stream()
                        .filter(entry -> variables.containsKey(entry.getKey()))
                        .allMatch(entry -> conditions.ranges().get(entry.getValue())
                                .contains(variables.get(entry.getKey())));
    }
}
