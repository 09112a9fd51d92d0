package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.NamePattern;

/** Which declaration covers which tensor, each exactly once and none in vain. */
final class TensorCoverage {
    private static final int MOST_SHOWN = 4;

    private final Map<String, Match> matches;
    private final Set<String> ignored;

    /** A tensor's declaration and the numbers in its name. */
    record Match(TensorDeclaration declaration, Map<String, Integer> variables) {}

    /**
     * Tensors that differ only in the position they hold in a space.
     *
     * @param declaration what describes them
     * @param variable the one that differs
     * @param variables the numbers of one of them
     * @param name pattern of their names
     * @param positions which positions there are, ascending
     */
    record IndexGroup(
            TensorDeclaration declaration,
            String variable,
            Map<String, Integer> variables,
            NamePattern name,
            TreeSet<Integer> positions) {
        String example() {
            return name.expand(variables);
        }

        String nameAt(int position) {
            Map<String, Integer> values = new HashMap<>(variables);
            values.put(variable, position);
            return name.expand(values);
        }
    }

    private TensorCoverage(Map<String, Match> matches, Set<String> ignored) {
        this.matches = matches;
        this.ignored = ignored;
    }

    static TensorCoverage of(SpecContent content, Map<String, long[]> shapes, Conditions conditions) {
        Map<String, Match> matches = new LinkedHashMap<>();
        Set<String> ignored = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (String tensor : shapes.keySet()) {
            List<Match> found = new ArrayList<>();
            for (TensorDeclaration declaration : content.tensors()) {
                declaration.name().match(tensor)
                        .filter(values -> declaration.guard().admits(values, conditions))
                        .ifPresent(values -> found.add(new Match(declaration, values)));
            }
            if (found.size() > 1) {
                throw new WorkFailure("the architecture '" + content.name() + "' describes the tensor '" + tensor
                        + "' more than once: as '" + found.get(0).declaration.name() + "' and as '"
                        + found.get(1).declaration.name() + "'.");
            }
            if (found.isEmpty() && content.ignored().stream().anyMatch(pattern -> pattern.covers(tensor))) {
                ignored.add(tensor);
            } else if (found.isEmpty()) {
                unknown.add(tensor);
            } else {
                matches.put(tensor, found.getFirst());
            }
        }
        if (!unknown.isEmpty()) {
            throw new WorkFailure("the tensor '" + unknown.getFirst() + "' is unknown to the architecture '"
                    + content.name() + "'" + others(unknown) + "; use the specification of this model's own family, or "
                    + "add the tensor to it.");
        }
        TensorCoverage coverage = new TensorCoverage(matches, ignored);
        Set<String> missing = new LinkedHashSet<>();
        content.tensors().stream()
                .filter(declaration -> declaration.guard().isActive(conditions))
                .forEach(declaration -> missing.addAll(coverage.missing(declaration, conditions)));
        if (!missing.isEmpty()) {
            List<String> names = List.copyOf(missing);
            throw new WorkFailure("the tensor '" + names.getFirst() + "' is missing" + others(names)
                    + ": every model of the architecture '" + content.name() + "' with this configuration has it.");
        }
        return coverage;
    }

    /** Names those after the first, not more than a line of them. */
    private static String others(List<String> names) {
        if (names.size() == 1) {
            return "";
        }
        List<String> shown = names.subList(1, Math.min(names.size(), 1 + MOST_SHOWN));
        int hidden = names.size() - 1 - shown.size();
        return ", as " + (names.size() == 2 ? "is" : "are") + " '" + String.join("', '", shown) + "'"
                + (hidden == 0 ? "" : " and " + hidden + " more");
    }

    Map<String, Match> matches() {
        return matches;
    }

    /** Buffers that no declaration describes. */
    Set<String> ignored() {
        return ignored;
    }

    private List<String> missing(TensorDeclaration declaration, Conditions conditions) {
        List<Map<String, Integer>> combinations = new ArrayList<>();
        combinations.add(Map.of());
        for (String variable : declaration.name().variables()) {
            Optional<String> range = Optional.ofNullable(declaration.guard().where().get(variable));
            if (range.isPresent()) {
                List<Map<String, Integer>> longer = new ArrayList<>();
                for (Map<String, Integer> start : combinations) {
                    for (int value : new TreeSet<>(conditions.ranges().get(range.get()))) {
                        Map<String, Integer> next = new HashMap<>(start);
                        next.put(variable, value);
                        longer.add(next);
                    }
                }
                combinations = longer;
            }
        }
        List<String> missing = new ArrayList<>();
        for (Map<String, Integer> combination : combinations) {
            Map<String, Integer> first = new HashMap<>(combination);
            declaration.name().variables().forEach(variable -> first.putIfAbsent(variable, 0));
            String name = declaration.name().expand(first);
            if (!matches.containsKey(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    /** The tensors that stand for positions of a space, grouped. */
    List<IndexGroup> indexGroups() {
        Map<String, IndexGroup> groups = new LinkedHashMap<>();
        matches.values().forEach(match -> match.declaration.indices()
                .restrictedTo(match.declaration.name().variables()).spaces().keySet().forEach(variable -> {
            Map<String, Integer> others = new HashMap<>(match.variables);
            others.put(variable, 0);
            groups.computeIfAbsent(
                            match.declaration.name().expand(others) + " along " + variable,
                            _ -> new IndexGroup(
                                    match.declaration, variable, match.variables,
                                    match.declaration.name(), new TreeSet<>()))
                    .positions()
                    .add(match.variables.get(variable));
        }));
        return List.copyOf(groups.values());
    }
}
