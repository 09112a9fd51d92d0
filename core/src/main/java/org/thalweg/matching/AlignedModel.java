package org.thalweg.matching;

import java.util.List;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.Slice;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * One of the two models with an alignment acting on it.
 *
 * @param reader gives its tensors as they are
 * @param alignment what acts on it
 */
record AlignedModel(TensorReader reader, Alignment alignment) {
    /** From this many numbers on float32 is kept: float64 would take more than 1 GiB. */
    private static final long LARGE = 1L << 27;

    /** A model in the gauge in which it is compared. */
    static AlignedModel of(Architecture architecture, TensorReader reader, MatchingGauge gauge) {
        return new AlignedModel(reader, switch (gauge) {
            case BALANCED, BALANCED_DISCRETE -> BalancedGauge.of(architecture, reader);
            case AS_TRAINED -> architecture.identity();
        });
    }

    /** An aligned tensor in float64, or in float32 when it is very large. */
    Tensor read(String name) {
        return alignment.apply(name, stored -> exact(reader.read(stored)));
    }

    /** A tensor in the type that is computed in. */
    static Tensor exact(Tensor tensor) {
        return tensor.to(tensor.size() < LARGE ? DType.FLOAT64 : DType.FLOAT32);
    }

    /** A tensor's parts. */
    List<Slice> slices(String name) {
        return Slice.parts(alignment.architecture().tensors().get(name), read(name));
    }

    /** The same model, aligned further. */
    AlignedModel alignedBy(Alignment further) {
        return new AlignedModel(reader, further.compose(alignment));
    }
}
