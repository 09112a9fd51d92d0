package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WrongUse;

/**
 * A checked specification with its inclusions in place.
 *
 * @param name of the family
 * @param spaces in an order in which each refers only to earlier ones
 * @param tensors in the order of the files
 * @param flags conditions that may be set
 * @param ranges ranges that must be given
 * @param families the spaces by the family of their name
 */
record SpecContent(
        String name,
        List<SpaceDeclaration> spaces,
        List<TensorDeclaration> tensors,
        Set<String> flags,
        Set<String> ranges,
        Map<String, SpaceDeclaration> families) {

    static SpecContent of(String name, List<SpecFile> files, String source) {
        Set<String> flags = new LinkedHashSet<>();
        Set<String> ranges = new LinkedHashSet<>();
        List<SpaceDeclaration> spaces = new ArrayList<>();
        List<TensorDeclaration> tensors = new ArrayList<>();
        for (SpecFile file : files) {
            flags.addAll(file.flags());
            ranges.addAll(file.ranges());
            file.spaces().forEach(entry -> spaces.add(space(entry, file.indices(), source)));
            file.tensors().forEach(entry -> tensors.add(tensor(entry, file.indices(), source)));
        }
        Map<String, SpaceDeclaration> families = new LinkedHashMap<>();
        spaces.forEach(space -> families.putIfAbsent(SpecFile.sample(space.name().toString()), space));
        SpecContent content = new SpecContent(
                name, List.copyOf(spaces), List.copyOf(tensors), Set.copyOf(flags), Set.copyOf(ranges), families);
        content.check(source);
        return content;
    }

    private static SpaceDeclaration space(SpecFile.SpaceEntry entry, Map<String, String> indices, String source) {
        if (entry.name() == null || entry.group() == null) {
            throw new WrongUse(source + ": a space needs 'name' and 'group', but one has name '" + entry.name()
                    + "' and group '" + entry.group() + "'.");
        }
        NamePattern name = NamePattern.parse(entry.name());
        return new SpaceDeclaration(
                name,
                entry.group(),
                Optional.ofNullable(entry.over()).map(NamePattern::parse),
                entry.scale().stream().map(Scale::parse).toList(),
                Optional.ofNullable(entry.size()),
                new Guard(entry.when(), entry.where()),
                indicesOf(name, indices));
    }

    private static TensorDeclaration tensor(SpecFile.TensorEntry entry, Map<String, String> indices, String source) {
        if (entry.name() == null) {
            throw new WrongUse(source + ": a tensor has no 'name'.");
        }
        NamePattern name = NamePattern.parse(entry.name());
        return new TensorDeclaration(
                name,
                entry.axes().stream().map(TensorDeclaration::parseAxis).toList(),
                Optional.ofNullable(entry.shift()).map(NamePattern::parse),
                entry.scale().stream().map(Scale::parse).toList(),
                new Guard(entry.when(), entry.where()),
                indicesOf(name, indices));
    }

    private static Map<String, NamePattern> indicesOf(NamePattern name, Map<String, String> indices) {
        Map<String, NamePattern> result = new LinkedHashMap<>();
        for (String variable : name.variables()) {
            if (indices.containsKey(variable)) {
                result.put(variable, NamePattern.parse(indices.get(variable)));
            }
        }
        return result;
    }

    /** The declaration of a space, found by the family of its name. */
    Optional<SpaceDeclaration> declarationOf(String reference) {
        return Optional.ofNullable(families.get(SpecFile.sample(reference)));
    }

    private void check(String source) {
        Set<String> seen = new HashSet<>();
        for (SpaceDeclaration space : spaces) {
            List<NamePattern> references = new ArrayList<>(space.indices().values());
            space.over().ifPresent(references::add);
            space.scales().forEach(scale -> references.add(NamePattern.parse(scale.space())));
            for (NamePattern reference : references) {
                if (!seen.contains(SpecFile.sample(reference.toString()))) {
                    throw new WrongUse(source + ": the space '" + space.name() + "' refers to '" + reference
                            + "', which is not declared before it.");
                }
            }
            space.scales().forEach(scale -> checkScaleOfShift(space, scale, source));
            if (!seen.add(SpecFile.sample(space.name().toString()))) {
                throw new WrongUse(source + ": the space '" + space.name() + "' is declared twice.");
            }
            checkGuard(space.guard(), space.name(), source);
        }
        tensors.forEach(tensor -> checkTensor(tensor, source));
    }

    private void checkScaleOfShift(SpaceDeclaration shift, Scale scale, String source) {
        Optional<String> over = declarationOf(scale.space()).orElseThrow().over().map(NamePattern::toString);
        if (over.isPresent() && !over.equals(shift.over().map(NamePattern::toString))) {
            throw new WrongUse(source + ": the space '" + shift.name() + "' is scaled by '" + scale.space()
                    + "', which has a coordinate for each position of another space.");
        }
    }

    private void checkTensor(TensorDeclaration tensor, String source) {
        for (NamePattern reference : tensor.references()) {
            if (declarationOf(reference.toString()).isEmpty()) {
                throw new WrongUse(source + ": the tensor '" + tensor.name() + "' refers to the space '" + reference
                        + "', which is not declared.");
            }
        }
        tensor.axes().forEach(axis -> axis.stream()
                .filter(factor -> !TensorDeclaration.isLiteral(factor))
                .forEach(factor -> require(tensor, factor.toString(), Set.of(GroupKind.NONE, GroupKind.PERMUTATION),
                        source)));
        tensor.shift().ifPresent(
                shift -> require(tensor, shift.toString(), Set.of(GroupKind.TRANSLATION), source));
        tensor.scales().forEach(
                scale -> require(tensor, scale.space(), Set.of(GroupKind.POSITIVE_SCALING), source));
        for (String variable : tensor.name().variables()) {
            if (!tensor.guard().where().containsKey(variable) && !tensor.indices().containsKey(variable)) {
                throw new WrongUse(source + ": the tensor '" + tensor.name() + "' leaves the variable {" + variable
                        + "} open; restrict it under 'where' or name its space under 'indices'.");
            }
        }
        checkGuard(tensor.guard(), tensor.name(), source);
    }

    private void require(TensorDeclaration tensor, String space, Set<GroupKind> kinds, String source) {
        GroupKind kind = declarationOf(space).orElseThrow().kind();
        if (!kinds.contains(kind)) {
            throw new WrongUse(source + ": the tensor '" + tensor.name() + "' uses the space '" + space
                    + "' in a way that its group '" + kind.ofSize(0).label() + "' does not act.");
        }
    }

    private void checkGuard(Guard guard, NamePattern name, String source) {
        for (String flag : guard.when()) {
            if (!flags.contains(flag)) {
                throw new WrongUse(source + ": '" + name + "' depends on the flag '" + flag
                        + "', which is not listed under 'flags'.");
            }
        }
        for (String range : guard.where().values()) {
            if (!ranges.contains(range)) {
                throw new WrongUse(source + ": '" + name + "' depends on the range '" + range
                        + "', which is not listed under 'ranges'.");
            }
        }
    }
}
