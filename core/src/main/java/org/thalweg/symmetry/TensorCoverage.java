package org.thalweg.symmetry;

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

/** Which declaration covers which tensor, each exactly once and none in vain. */
final class TensorCoverage {
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
        for (String tensor : shapes.keySet()) {
            if (content.ignored().stream().anyMatch(pattern -> pattern.match(tensor).isPresent())) {
                ignored.add(tensor);
                continue;
            }
            List<Match> found = new ArrayList<>();
            for (TensorDeclaration declaration : content.tensors()) {
                declaration.name().match(tensor)
                        .filter(values -> declaration.guard().admits(values, conditions))
                        .ifPresent(values -> found.add(new Match(declaration, values)));
            }
            if (found.size() != 1) {
                throw new WorkFailure(found.isEmpty()
                        ? "the tensor '" + tensor + "' is unknown to the architecture '" + content.name()
                                + "'; use the specification of this model's own family, or add the tensor to it."
                        : "the architecture '" + content.name() + "' describes the tensor '" + tensor
                                + "' more than once: as '" + found.get(0).declaration.name() + "' and as '"
                                + found.get(1).declaration.name() + "'.");
            }
            matches.put(tensor, found.getFirst());
        }
        TensorCoverage coverage = new TensorCoverage(matches, ignored);
        content.tensors().stream()
                .filter(declaration -> declaration.guard().isActive(conditions))
                .forEach(declaration -> coverage.requireAll(declaration, content.name(), conditions));
        return coverage;
    }

    Map<String, Match> matches() {
        return matches;
    }

    /** Buffers that no declaration describes. */
    Set<String> ignored() {
        return ignored;
    }

    private void requireAll(TensorDeclaration declaration, String architecture, Conditions conditions) {
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
        for (Map<String, Integer> combination : combinations) {
            Map<String, Integer> first = new HashMap<>(combination);
            declaration.name().variables().forEach(variable -> first.putIfAbsent(variable, 0));
            String name = declaration.name().expand(first);
            if (!matches.containsKey(name)) {
                throw new WorkFailure("the tensor '" + name + "' is missing: every model of the architecture '"
                        + architecture + "' with this configuration has it.");
            }
        }
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
