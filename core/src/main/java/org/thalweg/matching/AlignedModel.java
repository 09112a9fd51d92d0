package org.thalweg.matching;

import java.util.List;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkingType;

/**
 * One of the two models with an alignment acting on it.
 *
 * @param reader gives its tensors as they are
 * @param alignment what acts on it
 */
record AlignedModel(TensorReader reader, Alignment alignment) {
    /** A model in the gauge in which it is compared. */
    static AlignedModel of(Architecture architecture, TensorReader reader, MatchingGauge gauge) {
        return new AlignedModel(reader, switch (gauge) {
            case BALANCED, BALANCED_DISCRETE -> BalancedGauge.of(architecture, reader);
            case AS_TRAINED -> architecture.identity();
        });
    }

    /** An aligned tensor in the type that is computed in, see {@link WorkingType}. */
    Tensor read(String name) {
        try (Scope scope = Scope.open()) {
            return scope.keep(WorkingType.of(moved(name)));
        }
    }

    /** An aligned tensor, in its own type where orders and signs alone act. */
    private Tensor moved(String name) {
        return alignment.apply(name, reader, WorkingType::of);
    }

    /** A tensor's parts, in the type that is computed in. */
    List<Slice> slices(String name) {
        return parts(name, read(name));
    }

    /** A tensor's parts, in the type that it is stored in where orders and signs alone act, to be converted in use. */
    List<Slice> storedSlices(String name) {
        Tensor values;
        try (Scope scope = Scope.open()) {
            values = scope.keep(moved(name));
        }
        return parts(name, values);
    }

    private List<Slice> parts(String name, Tensor values) {
        return Slice.parts(alignment.architecture().tensors().get(name), values);
    }

    /** The same model, its tensors given by another reader. */
    AlignedModel reading(TensorReader other) {
        return new AlignedModel(other, alignment);
    }

    /** The same model, aligned further. */
    AlignedModel alignedBy(Alignment further) {
        return new AlignedModel(reader, further.compose(alignment));
    }
}
