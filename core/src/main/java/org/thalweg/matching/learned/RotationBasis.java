package org.thalweg.matching.learned;

import java.util.Optional;
import org.thalweg.group.CentredRotation;
import org.thalweg.group.Group;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.group.SquareMatrix;
import org.thalweg.tensor.Tensor;

/**
 * Which rotations of a space's vectors are learned: all, those that keep the vector of ones, or those of pairs of
 * coordinates.
 *
 * @param size length of the vectors
 * @param centred the reflection [size size] that exchanges the first unit vector and the direction of ones, where that
 *     direction stays
 * @param pairs the pairs that turn, where only they do
 */
record RotationBasis(int size, Optional<Tensor> centred, Optional<RotaryPairs> pairs) {
    /** The rotations that a group has; its stretches are not learned. */
    static RotationBasis of(Group group) {
        int size = group.size();
        return new RotationBasis(
                size,
                Optional.of(group.kind())
                        .filter(kind -> kind == GroupKind.CENTRED_ORTHOGONAL)
                        .map(_ -> tensor(CentredRotation.exchange(size))),
                Optional.of(group).filter(turned -> turned.kind().isRotary()).map(RotaryPairs::of));
    }

    private static Tensor tensor(SquareMatrix matrix) {
        return Tensor.of(matrix.entries(), matrix.size(), matrix.size());
    }

    /** How many coordinates are free. */
    int rotated() {
        return centred.isPresent() ? size - 1 : size;
    }

    Tensor identity() {
        return Tensor.of(LinearMap.identity(rotated()).entries(), rotated(), rotated());
    }

    /** The rotation of all coordinates that turns the free ones by {@code part}. */
    Tensor whole(Tensor part) {
        return centred.map(exchange -> {
            Tensor free = exchange.narrow(1, 1, size - 1L); // [size size-1]
            Tensor ones = exchange.narrow(1, 0, 1); // [size 1]
            return free.matmul(part).matmul(free.transpose(0, 1)).add(ones.matmul(ones.transpose(0, 1)));
        }).orElse(part);
    }

    /** What a gradient with respect to {@link #whole} is with respect to the part. */
    Tensor part(Tensor gradient) {
        return centred.map(exchange -> {
            Tensor free = exchange.narrow(1, 1, size - 1L);
            return free.transpose(0, 1).matmul(gradient).matmul(free);
        }).orElse(gradient);
    }

    /** 1 where two coordinates are a pair, else 0; nothing where all may turn. */
    Optional<Tensor> turning() {
        return pairs.map(turned -> {
            double[] entries = new double[size * size];
            for (int pair = 0; pair < turned.count(); pair++) {
                entries[turned.first(pair) * size + turned.second(pair)] = 1;
                entries[turned.second(pair) * size + turned.first(pair)] = 1;
            }
            return Tensor.of(entries, size, size);
        });
    }
}
