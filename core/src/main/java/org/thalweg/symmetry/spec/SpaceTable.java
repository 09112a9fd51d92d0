package org.thalweg.symmetry.spec;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WorkFailure;
import org.thalweg.group.Group;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;
import org.thalweg.symmetry.Space;

/** The spaces of one model while it is being bound: which occur, and how long they are according to whom. */
final class SpaceTable {
    private final SpecContent content;
    private final Conditions conditions;
    private final Map<String, SpaceDeclaration> used = new LinkedHashMap<>();
    private final Map<String, Integer> lengths = new LinkedHashMap<>();
    private final Map<String, String> witnesses = new LinkedHashMap<>();
    private final Map<String, Space> spaces = new LinkedHashMap<>();
    private final Map<String, Boolean> active = new HashMap<>();

    SpaceTable(SpecContent content, Conditions conditions) {
        this.content = content;
        this.conditions = conditions;
    }

    /** Notes that a space occurs; returns its name. */
    String use(NamePattern reference, Map<String, Integer> variables, String tensor) {
        return use(reference.expand(variables), tensor);
    }

    /** Notes that a space occurs; returns its name. */
    String use(String space, String tensor) {
        if (used.containsKey(space)) {
            return space;
        }
        SpaceDeclaration declaration = content.declarationOf(space).orElseThrow(() -> new WorkFailure(
                "the tensor '" + tensor + "' uses '" + space + "', which is no space of the architecture '"
                        + content.name() + "'; in names of spaces a variable stands alone between dots."));
        if (!isActive(space)) {
            throw new WorkFailure("the tensor '" + tensor + "' uses '" + space
                    + "', a space that this configuration does not have.");
        }
        used.put(space, declaration);
        return space;
    }

    /** Whether a space exists in this configuration. */
    boolean isActive(String space) {
        return active.computeIfAbsent(space, _ -> content.declarationOf(space)
                .filter(declaration -> declaration.name().match(space)
                        .filter(values -> declaration.guard().admits(values, conditions))
                        .isPresent())
                .isPresent());
    }

    void learn(String space, long length, String witness) {
        if (length > Integer.MAX_VALUE) {
            throw new WorkFailure(witness + " has length " + length + ", more than any space can have.");
        }
        Integer before = lengths.putIfAbsent(space, (int) length);
        if (before == null) {
            witnesses.put(space, witness);
        } else if (before != length) {
            throw new WorkFailure("the space '" + space + "' has length " + before + " by " + witnesses.get(space)
                    + " but " + length + " by " + witness + "; this is another architecture, or a damaged checkpoint.");
        }
    }

    Optional<Integer> length(String space) {
        return Optional.ofNullable(lengths.get(space));
    }

    int requireLength(String space) {
        return length(space).orElseThrow(() -> new WorkFailure("nothing gives the length of the space '" + space
                + "' of the architecture '" + content.name() + "'; give it a 'size'."));
    }

    /** Takes the lengths that the configuration states. */
    void learnSizes() {
        used.forEach((space, declaration) -> declaration.size().ifPresent(size -> {
            Integer length = conditions.sizes().get(size);
            if (length == null) {
                throw new IllegalArgumentException(
                        "the architecture '" + content.name() + "' needs the size '" + size + "'");
            }
            learn(space, length, "the configuration's '" + size + "'");
        }));
    }

    /** Adds the vector spaces that act on used spaces, and makes all spaces, in the order of their declarations. */
    void finish() {
        for (SpaceDeclaration declaration : content.spaces()) {
            if (declaration.kind().isVector()) {
                addVectors(declaration);
            } else {
                namesOf(declaration).forEach(name -> add(name, declaration, lengths.get(name)));
            }
            if (namesOf(declaration).isEmpty() && isExpected(declaration)) {
                throw new WorkFailure("no tensor uses the space '" + declaration.name() + "' of the architecture '"
                        + content.name() + "'.");
            }
        }
    }

    private List<String> namesOf(SpaceDeclaration declaration) {
        return used.entrySet().stream()
                .filter(entry -> entry.getValue() == declaration)
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean isExpected(SpaceDeclaration declaration) {
        return declaration.guard().isActive(conditions)
                && declaration.guard().where().values().stream()
                        .map(range -> conditions.ranges().getOrDefault(range, Set.of()))
                        .noneMatch(Set::isEmpty);
    }

    private void addVectors(SpaceDeclaration declaration) {
        for (String name : namesOf(declaration)) {
            Map<String, Integer> values = declaration.name().match(name).orElseThrow();
            int length = declaration.over()
                    .map(over -> Optional.ofNullable(spaces.get(over.expand(values)))
                            .orElseThrow(() -> new WorkFailure("the space '" + name + "' has a coordinate for each "
                                    + "position of '" + over.expand(values) + "', which no tensor has as an axis."))
                            .group().size())
                    .orElse(1);
            add(name, declaration, length);
        }
    }

    private void add(String name, SpaceDeclaration declaration, int length) {
        Map<String, Integer> values = declaration.name().match(name).orElseThrow();
        List<Scale> scales = declaration.scales().stream()
                .map(scale -> new Scale(NamePattern.parse(scale.space()).expand(values), scale.reciprocal()))
                .filter(scale -> isActive(scale.space()))
                .toList();
        spaces.put(name, new Space(
                declaration.indices().named(declaration.name(), values, space -> lengths.getOrDefault(space, 1)),
                groupOf(declaration, length, name),
                declaration.over().map(over -> over.expand(values)),
                scales));
    }

    private Group groupOf(SpaceDeclaration declaration, int length, String name) {
        try {
            return new Group(declaration.kindIn(conditions), length);
        } catch (IllegalArgumentException impossible) {
            throw new WorkFailure("the space '" + name + "' has length " + length + ", but "
                    + impossible.getMessage() + ".", impossible);
        }
    }

    /** The space that a vector has a coordinate for each position of. */
    Optional<String> over(String vector) {
        SpaceDeclaration declaration = content.declarationOf(vector).orElseThrow();
        return declaration.over().map(over -> over.expand(declaration.name().match(vector).orElseThrow()));
    }

    Map<String, Space> spaces() {
        return spaces;
    }
}
