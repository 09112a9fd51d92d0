package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.SpaceReference;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * A piece of a tensor on which every space acts in one way: of a tensor that holds all experts, one expert.
 *
 * @param values float64; one axis for each factor of the tensor's axes, of length 1 where the factor selects the piece
 * @param maps where maps of axes act
 * @param scales where scalings act
 * @param shift where a translation acts, if any
 */
record Slice(Tensor values, List<Mapped> maps, List<Scaled> scales, Optional<Scaled> shift) {
    /** The space whose map acts along an axis. */
    record Mapped(String space, int axis, AxisRole role) {}

    /** The space whose vector acts, along an axis or as a single number. */
    record Scaled(String space, Optional<Integer> axis, boolean reciprocal) {}

    Slice {
        maps = List.copyOf(maps);
        scales = List.copyOf(scales);
    }

    /** All pieces of a tensor, in the current scope. */
    static List<Slice> of(TensorLayout layout, Tensor tensor) {
        List<Tensor> parts = layout.cut(tensor.to(DType.FLOAT64));
        List<Slice> slices = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            slices.addAll(new Cutter(layout.parts().get(part)).cut(parts.get(part)));
        }
        return slices;
    }

    /** The vectors along an axis as the columns of a matrix [length others]. */
    Tensor vectors(int axis) {
        return values.transpose(axis, 0).reshape(values.length(axis), -1);
    }

    /** Sums over all axes but some; the result has those axes in their order. */
    static Tensor sumExcept(Tensor tensor, List<Integer> kept) {
        Tensor sum = tensor;
        for (int axis = tensor.rank() - 1; axis >= 0; axis--) {
            if (!kept.contains(axis)) {
                sum = sum.sum(axis, false);
            }
        }
        return sum;
    }

    private record Cutter(TensorLayout.Part part, List<TensorLayout.Factor> factors, List<Integer> selecting) {
        Cutter(TensorLayout.Part part) {
            this(part, part.factors(), selecting(part));
        }

        private static List<Integer> selecting(TensorLayout.Part part) {
            TreeSet<Integer> axes = new TreeSet<>();
            part.factors().forEach(factor -> factor.reference().map(SpaceReference::outerFactors)
                    .ifPresent(axes::addAll));
            part.scales().forEach(scale -> axes.addAll(scale.reference().outerFactors()));
            part.shift().ifPresent(shift -> axes.addAll(shift.reference().outerFactors()));
            return List.copyOf(axes);
        }

        List<Slice> cut(Tensor whole) {
            int[] lengths = factors.stream().mapToInt(TensorLayout.Factor::length).toArray();
            long[] fine = factors.stream().mapToLong(TensorLayout.Factor::length).toArray();
            List<Slice> slices = new ArrayList<>();
            collect(whole.reshape(fine), new int[lengths.length], lengths, 0, slices);
            return slices;
        }

        private void collect(Tensor values, int[] positions, int[] lengths, int fixed, List<Slice> slices) {
            if (fixed == selecting.size()) {
                slices.add(slice(values, positions, lengths));
                return;
            }
            int axis = selecting.get(fixed);
            for (int i = 0; i < lengths[axis]; i++) {
                positions[axis] = i;
                collect(values.narrow(axis, i, 1), positions, lengths, fixed + 1, slices);
            }
        }

        private Slice slice(Tensor values, int[] positions, int[] lengths) {
            List<Mapped> maps = new ArrayList<>();
            for (int axis = 0; axis < factors.size(); axis++) {
                if (!selecting.contains(axis) && factors.get(axis).reference().isPresent()) {
                    SpaceReference reference = factors.get(axis).reference().get();
                    maps.add(new Mapped(reference.at(positions, lengths), axis, factors.get(axis).role()));
                }
            }
            return new Slice(
                    values,
                    maps,
                    part.scales().stream().map(scale -> scaled(scale, positions, lengths)).toList(),
                    part.shift().map(shift -> scaled(shift, positions, lengths)));
        }

        private static Scaled scaled(TensorLayout.Vector vector, int[] positions, int[] lengths) {
            return new Scaled(vector.reference().at(positions, lengths), vector.along(), vector.reciprocal());
        }
    }
}
