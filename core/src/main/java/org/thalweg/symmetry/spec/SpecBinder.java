package org.thalweg.symmetry.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Scale;
import org.thalweg.symmetry.TensorLayout;

/** Resolves a specification for one model. Used once. */
final class SpecBinder {
    private final SpecContent content;
    private final Map<String, long[]> shapes;
    private final Conditions conditions;
    private final TensorCoverage coverage;
    private final SpaceTable table;
    private final AxisLengths lengths;

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
        this.lengths = new AxisLengths(table, coverage, shapes);
    }

    Architecture bind() {
        coverage.matches().forEach(this::readPlainAxes);
        table.learnSizes();
        coverage.indexGroups().forEach(group -> readIndices(group, false));
        lengths.solve();
        coverage.indexGroups().forEach(group -> readIndices(group, true));
        Map<String, TensorLayout> layouts = new LinkedHashMap<>();
        LayoutBinder binder = new LayoutBinder(content, table, lengths);
        coverage.matches().forEach((name, match) -> layouts.put(name, binder.layout(name, match)));
        table.finish();
        layouts.forEach((name, layout) -> requireEqualScales(name, layout));
        return new Architecture(content.name(), table.spaces(), layouts, coverage.ignored());
    }

    private void readPlainAxes(String tensor, TensorCoverage.Match match) {
        List<AxisPattern> axes = match.declaration().axes();
        long[] shape = shapes.get(tensor);
        if (shape.length != axes.size()) {
            throw new WorkFailure("the tensor '" + tensor + "' has shape " + Arrays.toString(shape)
                    + " but the architecture '" + content.name() + "' gives it " + axes.size() + " axes "
                    + Shown.text(axes.toString()) + "; this is another architecture, or a damaged checkpoint.");
        }
        for (int axis = 0; axis < shape.length; axis++) {
            for (List<AxisPattern.Term> product : axes.get(axis).products()) {
                for (AxisPattern.Term factor : product) {
                    if (!factor.isLength()) {
                        // Declares at least the first space; those at other positions follow with the layouts.
                        table.use(lengths.first(factor, match), tensor);
                    }
                }
            }
            if (!axes.get(axis).isSum() && axes.get(axis).outer().size() == 1) {
                AxisPattern.Term factor = axes.get(axis).outer().getFirst();
                if (factor.isLength()) {
                    requireLiteral(tensor, axis, factor.length());
                } else {
                    table.learn(lengths.first(factor, match), shape[axis], "axis " + axis + " of '" + tensor + "'");
                }
            }
        }
    }

    private void requireLiteral(String tensor, int axis, int length) {
        long found = shapes.get(tensor)[axis];
        if (found != length) {
            throw new WorkFailure("axis " + axis + " of the tensor '" + tensor + "' has length " + found
                    + " where the architecture '" + content.name() + "' expects " + length + ".");
        }
    }

    /** Reads the counts of tensors that differ in a position of one space, or of a product of spaces. */
    private void readIndices(TensorCoverage.IndexGroup group, boolean products) {
        List<String> spaces = group.declaration().indices().firstSpaces(group.variable(), group.variables());
        if (spaces.size() > 1 != products) {
            return;
        }
        spaces.forEach(space -> table.use(space, group.example()));
        int known = products
                ? spaces.stream().mapToInt(table::requireLength).reduce(1, Math::multiplyExact)
                : table.length(spaces.getFirst()).orElse(group.positions().getLast() + 1);
        if (!products) {
            table.learn(spaces.getFirst(), known, "the tensors like '" + group.example() + "'");
        }
        requirePositions(group, String.join(" ", spaces), known);
    }

    private void requirePositions(TensorCoverage.IndexGroup group, String space, int known) {
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

    private static String named(List<Scale> scales) {
        return scales.isEmpty() ? "nothing" : scales.stream()
                .map(scale -> "'" + (scale.reciprocal() ? "1/" : "") + scale.space() + "'")
                .collect(Collectors.joining(", "));
    }

    private void requireEqualScales(String tensor, TensorLayout layout) {
        for (TensorLayout.Part part : layout.parts()) {
            List<Scale> scales = part.scales().stream()
                    .map(scale -> new Scale(scale.reference().first(), scale.reciprocal()))
                    .toList();
            part.shift().map(shift -> shift.reference().first()).ifPresent(space -> {
                if (!table.spaces().get(space).scales().equals(scales)) {
                    throw new WorkFailure("the architecture '" + content.name() + "' scales the tensor '" + tensor
                            + "' by " + named(scales) + " but its shift '" + space
                            + "' by another list; make them equal.");
                }
            });
        }
    }
}
