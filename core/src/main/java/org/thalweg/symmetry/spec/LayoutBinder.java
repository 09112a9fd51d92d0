package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.NamePattern;
import org.thalweg.symmetry.Scale;
import org.thalweg.symmetry.SpaceReference;
import org.thalweg.symmetry.TensorLayout;

/** Makes the layouts of one model's tensors, and notes every space that they refer to. */
final class LayoutBinder {
    private final SpecContent content;
    private final SpaceTable table;
    private final AxisLengths lengths;
    private final Map<String, NamePattern> patterns = new HashMap<>();

    LayoutBinder(SpecContent content, SpaceTable table, AxisLengths lengths) {
        this.content = content;
        this.table = table;
        this.lengths = lengths;
    }

    TensorLayout layout(String tensor, TensorCoverage.Match match) {
        TensorDeclaration declaration = match.declaration();
        List<TensorLayout.Part> parts = new ArrayList<>();
        for (int part = 0; part < declaration.parts(); part++) {
            parts.add(part(tensor, match, part));
        }
        return new TensorLayout(
                declaration.indices().named(declaration.name(), match.variables(), table::requireLength),
                parts,
                declaration.splitAxis().map(axis -> lengths.split(axis, declaration.axes().get(axis), match)));
    }

    private TensorLayout.Part part(String tensor, TensorCoverage.Match match, int part) {
        List<List<AxisPattern.Term>> axes = match.declaration().axesOf(part);
        List<AxisPattern.Term> flat = axes.stream().flatMap(List::stream).toList();
        List<TensorLayout.Axis> bound = axes.stream()
                .map(axis -> new TensorLayout.Axis(axis.stream()
                        .map(factor -> new TensorLayout.Factor(
                                factor.isLength()
                                        ? Optional.empty()
                                        : Optional.of(reference(factor.name(), match, flat)),
                                lengths.lengthOf(factor, match),
                                factor.role()))
                        .toList()))
                .toList();
        List<TensorLayout.Factor> factors = bound.stream().flatMap(axis -> axis.factors().stream()).toList();
        int[] sizes = factors.stream().mapToInt(TensorLayout.Factor::length).toArray();
        factors.forEach(factor -> factor.reference().ifPresent(reference -> everywhere(reference, sizes).forEach(
                space -> table.learn(table.use(space, tensor), factor.length(), "'" + tensor + "'"))));
        Optional<TensorLayout.Vector> shift = match.declaration().shift()
                .filter(space -> table.isActive(lengths.first(space, match)))
                .map(space -> vector(space, false, match, flat, tensor));
        List<TensorLayout.Vector> scales = match.declaration().scalesOf(part).stream()
                .filter(scale -> table.isActive(lengths.first(pattern(scale), match)))
                .map(scale -> vector(
                        pattern(scale), scale.reciprocal(), match, flat, tensor))
                .toList();
        shift.ifPresent(vector -> use(vector, sizes, tensor));
        scales.forEach(vector -> use(vector, sizes, tensor));
        return new TensorLayout.Part(bound, shift, scales);
    }

    private NamePattern pattern(Scale scale) {
        return patterns.computeIfAbsent(scale.space(), NamePattern::parse);
    }

    private void use(TensorLayout.Vector vector, int[] sizes, String tensor) {
        everywhere(vector.reference(), sizes).forEach(space -> table.use(space, tensor));
    }

    private static SpaceReference reference(
            NamePattern space, TensorCoverage.Match match, List<AxisPattern.Term> factors) {
        Map<String, Integer> fixed = new LinkedHashMap<>();
        Map<String, List<Integer>> outer = new LinkedHashMap<>();
        for (String variable : space.variables()) {
            if (match.variables().containsKey(variable)) {
                fixed.put(variable, match.variables().get(variable));
            } else {
                List<NamePattern> names = factors.stream().map(AxisPattern.Term::name).toList();
                outer.put(variable, match.declaration().indices().spaces().get(variable).stream()
                        .map(names::indexOf).toList());
            }
        }
        return new SpaceReference(space, fixed, outer);
    }

    private TensorLayout.Vector vector(
            NamePattern space, boolean reciprocal, TensorCoverage.Match match, List<AxisPattern.Term> factors,
            String tensor) {
        SpaceReference reference = reference(space, match, factors);
        Optional<String> over = table.over(reference.first());
        List<Integer> along = new ArrayList<>();
        for (int axis = 0; axis < factors.size(); axis++) {
            if (!factors.get(axis).isLength()
                    && over.equals(Optional.of(lengths.first(factors.get(axis), match)))) {
                along.add(axis);
            }
        }
        if (along.size() > 1) {
            // A map of the stream to itself: a gain acts on the side that reads it.
            along.removeIf(axis -> factors.get(axis).role() != AxisRole.READER);
        }
        if (over.isPresent() && along.size() != 1) {
            throw new WorkFailure("the architecture '" + content.name() + "' lets '" + reference.first() + "' act on '"
                    + tensor + "', which must have exactly one axis '" + over.get() + "' for it.");
        }
        return new TensorLayout.Vector(reference, along.stream().findFirst(), reciprocal);
    }

    /** The names of the space at all positions that select it. */
    private static List<String> everywhere(SpaceReference reference, int[] sizes) {
        List<String> names = new ArrayList<>();
        collect(reference, new int[sizes.length], sizes, 0, names);
        return names;
    }

    private static void collect(
            SpaceReference reference, int[] positions, int[] sizes, int fixed, List<String> names) {
        List<Integer> outer = reference.outerFactors();
        if (fixed == outer.size()) {
            names.add(reference.at(positions, sizes));
            return;
        }
        for (int i = 0; i < sizes[outer.get(fixed)]; i++) {
            positions[outer.get(fixed)] = i;
            collect(reference, positions, sizes, fixed + 1, names);
        }
    }
}
