package org.thalweg.symmetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.group.AxisMap;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.group.Permutation;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.Scaling;
import org.thalweg.group.SignedPermutation;
import org.thalweg.group.Translation;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/** Acts with an alignment's elements on one tensor: maps of axes from the outermost space inwards, scalings, shift. */
final class TensorAction {
    private final TensorLayout layout;
    private final Map<String, GroupElement> elements;

    /** What an element does to a slice in which its space is the same everywhere. */
    private interface Action {
        Tensor apply(Tensor slice, GroupElement element);
    }

    TensorAction(TensorLayout layout, Map<String, GroupElement> elements) {
        this.layout = layout;
        this.elements = elements;
    }

    /** Moves a tensor in its own type. */
    Tensor apply(Tensor source) {
        return apply(source, UnaryOperator.identity());
    }

    /**
     * The moved tensor, the same object when nothing acts on it. Orders and signs act in its own type; {@code widened}
     * converts it before anything else does.
     */
    Tensor apply(Tensor source, UnaryOperator<Tensor> widened) {
        List<Tensor> slices = layout.cut(source);
        List<Tensor> moved = new ArrayList<>();
        boolean changed = false;
        boolean wide = false;
        for (int part = 0; part < slices.size(); part++) {
            Tensor result = carryPart(layout.parts().get(part), slices.get(part), widened);
            changed |= result != slices.get(part);
            wide |= result.dtype() != source.dtype();
            moved.add(result);
        }
        if (!changed) {
            return source;
        }
        return layout.join(wide ? moved.stream().map(widened).toList() : moved, source.shape());
    }

    /** Exponents of the powers of two that multiply the tensor; nothing when it meets other than orders and signs. */
    Optional<Exponents> exponents() {
        Exponents all = Exponents.NONE;
        for (TensorLayout.Part part : layout.parts()) {
            Exponents ofPart = Exponents.NONE;
            for (TensorLayout.Factor factor : part.factors()) {
                if (factor.reference().isPresent()
                        && !met(factor.reference().get(), part).allMatch(TensorAction::isOrder)) {
                    return Optional.empty();
                }
            }
            for (TensorLayout.Vector scale : part.scales()) {
                Optional<Exponents> met = Exponents.of(met(scale.reference(), part), scale.reciprocal());
                if (met.isEmpty()) {
                    return Optional.empty();
                }
                ofPart = ofPart.after(met.get());
            }
            if (part.shift().isPresent() && met(part.shift().get().reference(), part).findAny().isPresent()) {
                return Optional.empty();
            }
            all = all.or(ofPart);
        }
        return Optional.of(all);
    }

    /** Elements that act on a part in the spaces that a reference leads to. */
    private Stream<GroupElement> met(SpaceReference reference, TensorLayout.Part part) {
        return reference.names(part.lengths()).stream().distinct()
                .flatMap(space -> Optional.ofNullable(elements.get(space)).stream());
    }

    /** Elements that move numbers along an axis or change their signs; what is no map of an axis does not act there. */
    private static boolean isOrder(GroupElement element) {
        return switch (element) {
            case Permutation _, SignedPermutation _, Scaling _, Translation _ -> true;
            case LinearMap _, RotaryMap _ -> false;
        };
    }

    /**
     * A part on its way.
     *
     * @param tensor as it is so far
     * @param own whether its storage was made on the way, so that it may be overwritten
     */
    private record Carried(Tensor tensor, boolean own) {
        Carried widened(UnaryOperator<Tensor> widened) {
            Tensor wide = widened.apply(tensor);
            return new Carried(wide, own || wide.dtype() != tensor.dtype());
        }

        Tensor multiplied(Tensor slice, Tensor factors) {
            if (!own) {
                return slice.multiply(factors);
            }
            InPlace.multiply(slice, factors);
            return slice;
        }
    }

    private Tensor carryPart(TensorLayout.Part part, Tensor source, UnaryOperator<Tensor> widened) {
        List<TensorLayout.Factor> factors = part.factors();
        int[] lengths = part.lengths();
        Tensor fine = source.reshape(Arrays.stream(lengths).asLongStream().toArray());
        Carried carried = new Carried(fine, false);
        for (int axis : fromOutermost(factors)) {
            AxisRole role = factors.get(axis).role();
            if (!met(factors.get(axis).reference().orElseThrow(), part).allMatch(TensorAction::isOrder)) {
                carried = carried.widened(widened);
            }
            carried = everywhere(carried, factors.get(axis).reference().orElseThrow(), lengths,
                    (slice, element) -> element instanceof AxisMap map ? role.of(map).applyTo(slice, axis) : slice);
        }
        for (TensorLayout.Vector scale : part.scales()) {
            Carried before = widenedIfMet(carried, scale.reference(), part, widened);
            carried = everywhere(before, scale.reference(), lengths, (slice, element) ->
                    before.multiplied(slice, broadcast(
                            (scale.reciprocal() ? ((Scaling) element).inverse() : (Scaling) element).factors(),
                            scale, slice)));
        }
        if (part.shift().isPresent()) {
            TensorLayout.Vector shift = part.shift().get();
            carried = widenedIfMet(carried, shift.reference(), part, widened);
            carried = everywhere(carried, shift.reference(), lengths, (slice, element) ->
                    slice.add(broadcast(((Translation) element).offsets(), shift, slice)));
        }
        return carried.tensor() == fine ? source : carried.tensor().reshape(source.shape());
    }

    private Carried widenedIfMet(
            Carried carried, SpaceReference reference, TensorLayout.Part part, UnaryOperator<Tensor> widened) {
        return met(reference, part).findAny().isPresent() ? carried.widened(widened) : carried;
    }

    /** Factors with a space, those that others depend on first: inner elements are indexed by positions in A. */
    static List<Integer> fromOutermost(List<TensorLayout.Factor> factors) {
        return IntStream.range(0, factors.size())
                .boxed()
                .filter(axis -> factors.get(axis).reference().isPresent())
                .sorted(Comparator.comparing(
                        axis -> factors.get(axis).reference().orElseThrow().outerFactors().size()))
                .toList();
    }

    /** Acts with the space's element at every position of the factors that select it. */
    private Carried everywhere(Carried carried, SpaceReference reference, int[] lengths, Action action) {
        List<Integer> outer = reference.outerFactors();
        boolean replaces = carried.own() && !outer.isEmpty();
        List<Tensor> slices = new ArrayList<>();
        boolean changed = false;
        for (int[] positions : SpaceReference.positions(outer, lengths)) {
            Tensor slice = SpaceReference.slice(carried.tensor(), outer, positions);
            GroupElement element = elements.get(reference.at(positions, lengths));
            if (!replaces) {
                Tensor result = element == null ? slice : action.apply(slice, element);
                changed |= result != slice;
                slices.add(result);
            } else if (element != null) {
                replace(slice, element, action);
            }
        }
        if (!changed) {
            return carried;
        }
        Tensor joined = SpaceReference.joined(slices, outer, lengths);
        return new Carried(joined, carried.own() || InPlace.isAllowed(joined));
    }

    private static void replace(Tensor slice, GroupElement element, Action action) {
        try (Scope scope = Scope.open()) {
            Tensor result = action.apply(slice, element);
            if (result != slice) {
                slice.copyInPlace(result);
            }
        }
    }

    /** A vector laid along the factor it belongs to, or a single number, in the target's element type. */
    private static Tensor broadcast(double[] values, TensorLayout.Vector vector, Tensor like) {
        long[] shape = new long[like.rank()];
        Arrays.fill(shape, 1);
        vector.along().ifPresent(axis -> shape[axis] = values.length);
        return Tensor.of(values, shape).to(like.dtype());
    }
}
