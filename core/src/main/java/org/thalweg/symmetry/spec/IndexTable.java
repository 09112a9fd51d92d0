package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.thalweg.symmetry.IndexedName;
import org.thalweg.symmetry.NamePattern;

/**
 * Which variables of names run over the positions of which space; over the product of several spaces, outermost
 * first, when experts are counted through all their groups.
 *
 * @param spaces the factors of each variable
 */
record IndexTable(Map<String, List<NamePattern>> spaces) {
    static IndexTable parse(Map<String, String> entries) {
        Map<String, List<NamePattern>> spaces = new LinkedHashMap<>();
        entries.forEach((variable, axis) -> spaces.put(variable, AxisPattern.parse(axis).outer().stream()
                .map(AxisPattern.Term::name).toList()));
        return new IndexTable(spaces);
    }

    boolean has(String variable) {
        return spaces.containsKey(variable);
    }

    /** The same for some variables only. */
    IndexTable restrictedTo(Set<String> variables) {
        Map<String, List<NamePattern>> kept = new LinkedHashMap<>();
        variables.stream().filter(this::has).forEach(variable -> kept.put(variable, spaces.get(variable)));
        return new IndexTable(kept);
    }

    /** The variable that runs over exactly this space. */
    private Optional<String> variableOver(NamePattern space) {
        return spaces.entrySet().stream()
                .filter(entry -> entry.getValue().size() == 1
                        && entry.getValue().getFirst().toString().equals(space.toString()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** A name with the lengths of the spaces that its variables run over. */
    IndexedName named(NamePattern pattern, Map<String, Integer> variables, ToIntFunction<String> lengthOf) {
        Map<String, List<IndexedName.Digit>> digits = new LinkedHashMap<>();
        for (String variable : pattern.variables()) {
            if (has(variable)) {
                digits.put(variable, digits(variable, variables, lengthOf));
            }
        }
        return new IndexedName(pattern, variables, digits);
    }

    private List<IndexedName.Digit> digits(
            String variable, Map<String, Integer> variables, ToIntFunction<String> lengthOf) {
        List<IndexedName.Digit> digits = new ArrayList<>();
        Map<String, Integer> values = new LinkedHashMap<>(variables);
        for (NamePattern space : spaces.get(variable)) {
            int length = lengthOf.applyAsInt(space.expand(values));
            Optional<String> bound = variableOver(space);
            digits.add(new IndexedName.Digit(bound, space, length));
            bound.ifPresent(inner -> values.putIfAbsent(inner, 0));
        }
        return digits;
    }

    /** The first space of each factor that a variable runs over. */
    List<String> firstSpaces(String variable, Map<String, Integer> variables) {
        List<String> names = new ArrayList<>();
        digits(variable, variables, name -> {
            names.add(name);
            return 1;
        });
        return names;
    }
}
