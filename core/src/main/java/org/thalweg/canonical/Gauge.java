package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Group;
import org.thalweg.symmetry.GroupElement;
import org.thalweg.symmetry.PositiveScaling;
import org.thalweg.symmetry.SignedScaling;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * A choice among the models that are one function: the element that carries a model to it, found step by step, each
 * step from the tensors as the steps before it carry them. Tensors are read one at a time in float64.
 *
 * @param source the model; not changed
 * @param alignment what was found so far
 * @param left for people: spaces in which nothing could be done, and why
 */
public record Gauge(TensorReader source, Alignment alignment, List<String> left) {
    /** Copies the list. */
    public Gauge {
        left = List.copyOf(left);
    }

    /** What a step finds: elements by the name of the space, and what it left. */
    record Step(Map<String, GroupElement> elements, List<String> left) {}

    /**
     * A model as it is.
     *
     * @param architecture of the model
     * @param source its tensors
     * @return the identity
     */
    public static Gauge of(Architecture architecture, TensorReader source) {
        return new Gauge(source, architecture.identity(), List.of());
    }

    /** This gauge with a step's elements applied after it. */
    Gauge then(BiFunction<Architecture, TensorReader, Step> step) {
        Step found = step.apply(alignment.architecture(), this::carried);
        List<String> all = new ArrayList<>(left);
        all.addAll(found.left());
        return new Gauge(
                source, new Alignment(alignment.architecture(), found.elements()).compose(alignment), all);
    }

    private Tensor carried(String name) {
        return alignment.carry(name, wanted -> source.read(wanted).to(DType.FLOAT64));
    }

    /** Every piece of the tensors whose layouts pass, one tensor after the other. */
    static void forEachSlice(
            Architecture architecture,
            TensorReader source,
            Predicate<TensorLayout> wanted,
            BiConsumer<String, Slice> work) {
        architecture.tensors().forEach((name, layout) -> {
            if (wanted.test(layout)) {
                try (Scope scope = Scope.open()) {
                    Slice.of(layout, source.read(name)).forEach(slice -> work.accept(name, slice));
                }
            }
        });
    }

    /** The element of a scaling group with these factors. */
    static GroupElement scaling(Group group, double[] factors) {
        return switch (group) {
            case Group.PositiveScalings _ -> new PositiveScaling(factors);
            case Group.SignedScalings _ -> new SignedScaling(factors);
            default -> throw new IllegalArgumentException("a " + group.label() + " has no factors");
        };
    }
}
