package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.group.GroupKind;
import org.thalweg.storage.YamlPlace;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;

/** Finds the mistakes in a specification that need no model to be seen. */
final class SpecCheck {
    private static final Set<GroupKind> AXES = EnumSet.complementOf(EnumSet.of(
            GroupKind.TRANSLATION, GroupKind.POSITIVE_SCALING, GroupKind.SIGNED_SCALING));
    private static final Set<GroupKind> SCALINGS = EnumSet.of(GroupKind.POSITIVE_SCALING, GroupKind.SIGNED_SCALING);
    private static final Set<GroupKind> ORDERS = EnumSet.of(GroupKind.NONE, GroupKind.PERMUTATION);

    private final SpecContent content;

    SpecCheck(SpecContent content) {
        this.content = content;
    }

    void run() {
        Set<String> seen = new HashSet<>();
        for (SpaceDeclaration space : content.spaces()) {
            checkSpace(space, seen);
            if (!seen.add(SpecFile.sample(space.name().toString()))) {
                throw space.place().wrong("the space '" + space.name() + "' is declared twice");
            }
        }
        content.tensors().forEach(this::checkTensor);
    }

    private void checkSpace(SpaceDeclaration space, Set<String> seen) {
        List<NamePattern> references = new ArrayList<>();
        IndexTable indices = space.indices().restrictedTo(space.name().variables());
        indices.spaces().values().forEach(references::addAll);
        space.over().ifPresent(references::add);
        space.scales().forEach(scale -> references.add(NamePattern.parse(scale.space())));
        for (NamePattern reference : references) {
            if (!seen.contains(SpecFile.sample(reference.toString()))) {
                throw space.place().wrong("the space '" + space.name() + "' refers to '" + reference
                        + "', which is not declared before it");
            }
        }
        indices.spaces().values().forEach(digits -> digits.forEach(digit -> {
            if (!ORDERS.contains(declared(digit.toString()).kind())) {
                throw space.place().wrong("the positions of '" + digit + "' stand in the name '" + space.name()
                        + "', so its group can only be permutation or none");
            }
        }));
        space.scales().forEach(scale -> checkScaleOfShift(space, scale));
        space.instead().forEach((flag, kind) -> {
            checkFlag(flag, space.place(), space.name());
            if (kind.isVector() != space.kind().isVector()) {
                throw space.place().wrong("the space '" + space.name() + "' has vectors with one of its groups "
                        + "and none with another");
            }
        });
        checkGuard(space.guard(), space.place(), space.name());
    }

    private void checkScaleOfShift(SpaceDeclaration shift, Scale scale) {
        Optional<String> over = declared(scale.space()).over().map(NamePattern::toString);
        if (over.isPresent() && !over.equals(shift.over().map(NamePattern::toString))) {
            throw shift.place().wrong("the space '" + shift.name() + "' is scaled by '" + scale.space()
                    + "', which has a coordinate for each position of another space");
        }
    }

    private void checkTensor(TensorDeclaration tensor) {
        for (NamePattern reference : tensor.references()) {
            if (content.declarationOf(reference.toString()).isEmpty()) {
                throw tensor.place().wrong("the tensor '" + tensor.name() + "' refers to the space '" + reference
                        + "', which is not declared");
            }
        }
        if (tensor.axes().stream().filter(AxisPattern::isSum).count() > 1
                || (!tensor.partScales().isEmpty() && tensor.partScales().size() != tensor.parts())) {
            throw tensor.place().wrong("the tensor '" + tensor.name() + "' has " + tensor.parts() + " parts along its "
                    + "first sum; it can have one sum, and 'part scale' needs a list for each part");
        }
        for (int part = 0; part < tensor.parts(); part++) {
            List<AxisPattern.Term> factors = tensor.axesOf(part).stream().flatMap(List::stream)
                    .filter(factor -> !factor.isLength()).toList();
            factors.forEach(factor -> require(tensor, factor.name().toString(), AXES));
            tensor.scalesOf(part).forEach(scale -> require(tensor, scale.space(), SCALINGS));
            List<NamePattern> references = new ArrayList<>(
                    factors.stream().map(AxisPattern.Term::name).toList());
            List<NamePattern> axes = List.copyOf(references);
            tensor.scalesOf(part).forEach(scale -> references.add(NamePattern.parse(scale.space())));
            tensor.shift().ifPresent(references::add);
            references.forEach(reference -> checkOuter(tensor, reference, axes));
        }
        tensor.shift().ifPresent(shift -> require(tensor, shift.toString(), Set.of(GroupKind.TRANSLATION)));
        for (String variable : tensor.name().variables()) {
            if (!tensor.guard().where().containsKey(variable) && !tensor.indices().has(variable)) {
                throw tensor.place().wrong("the tensor '" + tensor.name() + "' leaves the variable {" + variable
                        + "} open; restrict it under 'where' or name its space under 'indices'");
            }
        }
        checkGuard(tensor.guard(), tensor.place(), tensor.name());
    }

    /** A variable that the tensor's name does not fix must run over positions of the tensor's own factors. */
    private void checkOuter(TensorDeclaration tensor, NamePattern reference, List<NamePattern> axes) {
        for (String variable : reference.variables()) {
            boolean known = tensor.name().variables().contains(variable)
                    || (tensor.indices().has(variable)
                            && axes.containsAll(tensor.indices().spaces().get(variable)));
            if (!known) {
                throw tensor.place().wrong("the tensor '" + tensor.name() + "' refers to '" + reference + "', but {"
                        + variable
                        + "} neither stands in its name nor runs over the positions of one of its axes");
            }
        }
    }

    private void require(TensorDeclaration tensor, String space, Set<GroupKind> kinds) {
        GroupKind kind = declared(space).kind();
        if (!kinds.contains(kind)) {
            throw tensor.place().wrong("the tensor '" + tensor.name() + "' uses the space '" + space
                    + "' in a way that its group '" + kind.label() + "' does not act");
        }
    }

    private SpaceDeclaration declared(String space) {
        return content.declarationOf(space).orElseThrow();
    }

    private void checkGuard(Guard guard, YamlPlace place, NamePattern name) {
        guard.when().forEach(flag -> checkFlag(flag, place, name));
        guard.unless().forEach(flag -> checkFlag(flag, place, name));
        for (String range : guard.where().values()) {
            if (!content.ranges().contains(range)) {
                throw place.wrong("'" + name + "' depends on the range '" + range
                        + "', which is not listed under 'ranges'");
            }
        }
    }

    private void checkFlag(String flag, YamlPlace place, NamePattern name) {
        if (!content.flags().contains(flag)) {
            throw place.wrong("'" + name + "' depends on the flag '" + flag + "', which is not listed under 'flags'");
        }
    }
}
