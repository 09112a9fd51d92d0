package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.canonical.BalancedGauge;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.TensorLayout;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.TensorReader;

/**
 * One of the two models, carried by an alignment.
 *
 * @param reader gives its tensors as they are
 * @param alignment what carries it
 */
record Side(TensorReader reader, Alignment alignment) {
    /** From this many numbers on float32 is kept: float64 would take more than 1 GiB. */
    private static final long LARGE = 1L << 27;

    /** A model in the gauge in which it is compared. */
    static Side of(Architecture architecture, TensorReader reader, MatchingGauge gauge) {
        return new Side(reader, switch (gauge) {
            case BALANCED, BALANCED_DISCRETE -> BalancedGauge.of(architecture, reader);
            case AS_TRAINED -> architecture.identity();
        });
    }

    /** A carried tensor in float64, or in float32 when it is very large. */
    Tensor read(String name) {
        return alignment.carry(name, stored -> exact(reader.read(stored)));
    }

    /** A tensor in the type that is computed in. */
    static Tensor exact(Tensor tensor) {
        return tensor.to(tensor.size() < LARGE ? DType.FLOAT64 : DType.FLOAT32);
    }

    /** A tensor's parts. */
    List<Piece> pieces(String name) {
        TensorLayout layout = alignment.architecture().tensors().get(name);
        List<Tensor> slices = layout.cut(read(name));
        List<Piece> pieces = new ArrayList<>();
        for (int part = 0; part < slices.size(); part++) {
            pieces.add(Piece.whole(
                    layout.indexedName().stem(), part, layout.parts().get(part), slices.get(part)));
        }
        return pieces;
    }

    /** The same model, carried further. */
    Side carriedBy(Alignment further) {
        return new Side(reader, further.compose(alignment));
    }
}
