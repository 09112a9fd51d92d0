package org.thalweg.matching.learned;

import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A rotation as the exponential of a skew-symmetric matrix, {@code exp((Z - Zᵀ)/2)}: always a rotation, and at Z = 0
 * the identity. Where only pairs of coordinates turn, all other entries of Z stand for nothing.
 *
 * @param basis of what is rotated
 * @param noise standard deviation of the disturbance at the start
 */
record ExponentialRotation(RotationBasis basis, double noise) implements Latent {
    @Override
    public Tensor start(Random random) {
        return random.normal(DType.FLOAT64, basis.rotated(), basis.rotated()).multiply(noise);
    }

    @Override
    public Point at(Tensor numbers) {
        Tensor rotation = rotation(numbers);
        return new Point(basis.whole(rotation).detach(), gradient -> rotation.multiply(basis.part(gradient)).sum());
    }

    private Tensor rotation(Tensor numbers) {
        Tensor skew = numbers.subtract(numbers.transpose(0, 1)).multiply(0.5);
        return LinearAlgebra.exponential(basis.turning().map(skew::multiply).orElse(skew));
    }

    @Override
    public GroupElement element(Tensor numbers) {
        Tensor whole = Gradients.without(() -> basis.whole(rotation(numbers.detach()))).contiguous();
        return basis.pairs().<GroupElement>map(pairs -> phases(pairs, whole.toDoubles()))
                .orElseGet(() -> LinearMap.orthogonal(whole.toDoubles()));
    }

    private static RotaryMap phases(RotaryPairs pairs, double[] entries) {
        int size = pairs.size();
        double[] numbers = new double[size];
        for (int pair = 0; pair < pairs.count(); pair++) {
            numbers[2 * pair] = entries[pairs.first(pair) * size + pairs.first(pair)];
            numbers[2 * pair + 1] = entries[pairs.second(pair) * size + pairs.first(pair)];
        }
        return new RotaryMap(numbers, pairs.interleaved());
    }
}
