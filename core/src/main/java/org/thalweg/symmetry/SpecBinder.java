package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;

/** Resolves a specification for one model. Used once. */
final class SpecBinder {
    private final SpecContent content;
    private final Map<String, long[]> shapes;
    private final Conditions conditions;
    private final TensorCoverage coverage;
    private final SpaceTable table;

    SpecBinder(SpecContent content, Map<String, long[]> shapes, Conditions conditions) {
        this.content = content;
        this.shapes = shapes;
        this.conditions = conditions;
        for (String range : content.ranges()) {
            if (!conditions.ranges().containsKey(range)) {
                throw new IllegalArgumentException(
                        "the architecture '" + content.name() + "' needs the range '" + range + "'");
            }
        }
        this.coverage = TensorCoverage.of(content, shapes, conditions);
        this.table = new SpaceTable(content, conditions);
    }

    Architecture bind() {
        coverage.matches().forEach(this::readPlainAxes);
        table.learnSizes();
        coverage.indexGroups().forEach(this::readIndices);
        coverage.matches().forEach(this::readCompositeAxes);
        table.finish();
        Map<String, TensorLayout> layouts = new LinkedHashMap<>();
        coverage.matches().forEach((name, match) -> layouts.put(name, layout(name, match)));
        return new Architecture(content.name(), table.spaces(), layouts);
    }

    private void readPlainAxes(String tensor, TensorCoverage.Match match) {
        List<List<NamePattern>> axes = match.declaration().axes();
        long[] shape = shapes.get(tensor);
        if (shape.length != axes.size()) {
            throw new WorkFailure("the tensor '" + tensor + "' has shape " + Arrays.toString(shape)
                    + " but the architecture '" + content.name() + "' gives it " + axes.size() + " axes " + axes
                    + "; this is another architecture, or a damaged checkpoint.");
        }
        useVectors(tensor, match);
        for (int axis = 0; axis < shape.length; axis++) {
            for (NamePattern factor : axes.get(axis)) {
                if (!TensorDeclaration.isLiteral(factor)) {
                    table.use(factor, match.variables(), tensor);
                }
            }
            if (axes.get(axis).size() == 1) {
                NamePattern factor = axes.get(axis).getFirst();
                if (TensorDeclaration.isLiteral(factor)) {
                    requireLiteral(tensor, axis, Integer.parseInt(factor.toString()));
                } else {
                    table.learn(factor.expand(match.variables()), shape[axis],
                            "axis " + axis + " of '" + tensor + "'");
                }
            }
        }
    }

    private void useVectors(String tensor, TensorCoverage.Match match) {
        List<NamePattern> vectors = new ArrayList<>();
        match.declaration().shift().ifPresent(vectors::add);
        match.declaration().scales().forEach(scale -> vectors.add(NamePattern.parse(scale.space())));
        vectors.stream()
                .filter(vector -> table.isActive(vector.expand(match.variables())))
                .forEach(vector -> table.use(vector, match.variables(), tensor));
    }

    private void requireLiteral(String tensor, int axis, int length) {
        long found = shapes.get(tensor)[axis];
        if (found != length) {
            throw new WorkFailure("axis " + axis + " of the tensor '" + tensor + "' has length " + found
                    + " where the architecture '" + content.name() + "' expects " + length + ".");
        }
    }

    private void readIndices(TensorCoverage.IndexGroup group) {
        String space = table.use(group.space(), group.variables(), group.example());
        int known = table.length(space).orElse(group.positions().getLast() + 1);
        table.learn(space, known, "the tensors like '" + group.example() + "'");
        for (int position = 0; position < known; position++) {
            if (!group.positions().contains(position)) {
                throw new WorkFailure("the tensor '" + group.nameAt(position) + "' is missing: '" + space + "' has "
                        + known + " positions and each has one.");
            }
        }
        if (group.positions().getLast() >= known) {
            throw new WorkFailure("the tensor '" + group.nameAt(group.positions().getLast())
                    + "' is one too many: '" + space + "' has only " + known + " positions.");
        }
        long[] first = shapes.get(group.nameAt(0));
        for (int position : group.positions()) {
            long[] other = shapes.get(group.nameAt(position));
            if (!Arrays.equals(first, other)) {
                throw new WorkFailure("the tensor '" + group.nameAt(position) + "' has shape " + Arrays.toString(other)
                        + " where '" + group.nameAt(0) + "' has " + Arrays.toString(first)
                        + "; they must be equal to be exchanged.");
            }
        }
    }

    private void readCompositeAxes(String tensor, TensorCoverage.Match match) {
        List<List<NamePattern>> axes = match.declaration().axes();
        for (int axis = 0; axis < axes.size(); axis++) {
            if (axes.get(axis).size() < 2) {
                continue;
            }
            long rest = shapes.get(tensor)[axis];
            Optional<String> open = Optional.empty();
            for (NamePattern factor : axes.get(axis)) {
                Optional<Integer> length = lengthOf(factor, match.variables());
                if (length.isPresent() && length.get() > 0 && rest % length.get() == 0) {
                    rest /= length.get();
                } else if (length.isEmpty() && open.isEmpty()) {
                    open = Optional.of(factor.expand(match.variables()));
                } else {
                    throw compositeFailure(tensor, axis, axes.get(axis));
                }
            }
            if (open.isPresent()) {
                table.learn(open.get(), rest, "axis " + axis + " of '" + tensor + "'");
            } else if (rest != 1) {
                throw compositeFailure(tensor, axis, axes.get(axis));
            }
        }
    }

    private WorkFailure compositeFailure(String tensor, int axis, List<NamePattern> factors) {
        return new WorkFailure("axis " + axis + " of the tensor '" + tensor + "' has length "
                + shapes.get(tensor)[axis] + ", which is not the product of the lengths of " + factors + ".");
    }

    private Optional<Integer> lengthOf(NamePattern factor, Map<String, Integer> variables) {
        return TensorDeclaration.isLiteral(factor)
                ? Optional.of(Integer.parseInt(factor.toString()))
                : table.length(factor.expand(variables));
    }

    private TensorLayout layout(String tensor, TensorCoverage.Match match) {
        TensorDeclaration declaration = match.declaration();
        List<TensorLayout.Axis> axes = new ArrayList<>();
        for (List<NamePattern> axis : declaration.axes()) {
            axes.add(new TensorLayout.Axis(axis.stream()
                    .map(factor -> new TensorLayout.Factor(
                            TensorDeclaration.isLiteral(factor)
                                    ? Optional.empty()
                                    : Optional.of(factor.expand(match.variables())),
                            lengthOf(factor, match.variables()).orElseThrow()))
                    .toList()));
        }
        Map<String, String> indices = new LinkedHashMap<>();
        declaration.indices().forEach(
                (variable, space) -> indices.put(variable, space.expand(match.variables())));
        Optional<String> shift = declaration.shift()
                .map(pattern -> pattern.expand(match.variables()))
                .filter(table::isActive);
        List<Scale> scales = declaration.scales().stream()
                .map(scale -> new Scale(
                        NamePattern.parse(scale.space()).expand(match.variables()), scale.reciprocal()))
                .filter(scale -> table.isActive(scale.space()))
                .toList();
        TensorLayout layout = new TensorLayout(
                new IndexedName(declaration.name(), match.variables(), indices), axes, shift, scales);
        shift.ifPresent(space -> requireVectorAxis(layout, space));
        scales.forEach(scale -> requireVectorAxis(layout, scale.space()));
        shift.ifPresent(space -> {
            if (!table.spaces().get(space).scales().equals(scales)) {
                throw new WorkFailure("the architecture '" + content.name() + "' scales the tensor '" + tensor
                        + "' by " + scales + " but its shift '" + space + "' by another list; make them equal.");
            }
        });
        return layout;
    }

    private void requireVectorAxis(TensorLayout layout, String vector) {
        Optional<String> over = table.spaces().get(vector).over();
        if (over.isPresent() && layout.axes().stream()
                .filter(axis -> axis.factors().size() == 1 && axis.factors().getFirst().space().equals(over))
                .count() != 1) {
            throw new WorkFailure("the architecture '" + content.name() + "' lets '" + vector + "' act on '"
                    + layout.indexedName().name() + "', which must have exactly one axis '" + over.get() + "' for it.");
        }
    }
}
