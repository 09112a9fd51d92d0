package org.thalweg.canonical;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.group.Group;
import org.thalweg.group.RotaryPairs;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * What the network sees of the maps that meet in a head, whatever the basis between them: query-key and value-output
 * circuits (Paper B, section 3.2). With W the maps that write the basis and R those that read it, the circuit is
 * {@code Wᵀ R}, the same under every element of the space's group. In rotary pairs it is a complex number for each pair
 * and each two weights, {@code w r̄}.
 */
public final class Circuits {
    private Circuits() {}

    /**
     * The circuits of one space. A bias counts as one more weight, after the weights of its map; tensors follow the
     * architecture's order. O(size · writers · readers) time.
     *
     * @param architecture of the model
     * @param model its tensors, read one at a time; not changed
     * @param space of invertible or rotary maps
     * @return [circuits writers readers] in float64, in the current scope: one circuit for invertible maps; for rotary
     *     maps the real parts of all pairs, then the imaginary parts
     * @throws IllegalArgumentException when the space has another group
     */
    public static Tensor of(Architecture architecture, TensorReader model, String space) {
        Group group = architecture.space(space).group();
        if (!Bases.isBasis(group)) {
            throw new IllegalArgumentException("the space '" + space + "' has the group '" + group.kind().label()
                    + "', which has no circuits; invertible and rotary maps have");
        }
        try (Scope scope = Scope.open()) {
            Tensor written = vectors(architecture, model, space, false); // [size writers]
            Tensor read = vectors(architecture, model, space, true); // [size readers]
            return scope.keep(group.kind().isRotary()
                    ? products(RotaryPairs.of(group), written, read)
                    : written.transpose(0, 1).matmul(read).unsqueeze(0));
        }
    }

    private static Tensor vectors(Architecture architecture, TensorReader model, String space, boolean readers) {
        List<Tensor> found = new ArrayList<>();
        architecture.tensors().forEach((name, layout) -> {
            if (Bases.hasBasis(architecture, layout)) {
                try (Scope scope = Scope.open()) {
                    for (Slice slice : Slice.uniform(layout, model.read(name).to(DType.FLOAT64))) {
                        slice.maps().stream()
                                .filter(map -> map.space().equals(space)
                                        && (map.role() == AxisRole.READER) == readers)
                                .forEach(map -> found.add(scope.keep(slice.matrix(map.factor()).contiguous())));
                    }
                }
            }
        });
        return Tensor.concatenate(found, 1);
    }

    private static Tensor products(RotaryPairs pairs, Tensor written, Tensor read) {
        List<Tensor> real = new ArrayList<>();
        List<Tensor> imaginary = new ArrayList<>();
        for (int pair = 0; pair < pairs.count(); pair++) {
            Tensor w = written.select(0, pairs.first(pair)).unsqueeze(1);
            Tensor wi = written.select(0, pairs.second(pair)).unsqueeze(1);
            Tensor r = read.select(0, pairs.first(pair)).unsqueeze(0);
            Tensor ri = read.select(0, pairs.second(pair)).unsqueeze(0);
            real.add(w.multiply(r).add(wi.multiply(ri)));
            imaginary.add(wi.multiply(r).subtract(w.multiply(ri)));
        }
        real.addAll(imaginary);
        return Tensor.stack(real, 0);
    }
}
