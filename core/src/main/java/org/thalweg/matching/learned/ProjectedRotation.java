package org.thalweg.matching.learned;

import java.util.Optional;
import org.thalweg.group.GroupElement;
import org.thalweg.group.LinearMap;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A rotation as the orthogonal polar factor O of a free matrix Z = O H (ProjOrth of arXiv 2506.22712, section 3.3). The
 * gradient is the exact one: with {@code H = (ZᵀZ)^½ = V diag(s) Vᵀ} and the gradient G with respect to O it is
 * {@code O V [Vᵀ(OᵀG - GᵀO)V / (sᵢ + sⱼ)] Vᵀ}, finite also where values coincide, as at Z = I. One symmetric
 * eigen-decomposition a step, no singular value decomposition.
 *
 * @param basis of what is rotated
 * @param noise standard deviation of the disturbance at the start
 */
record ProjectedRotation(RotationBasis basis, double noise) implements Latent {
    @Override
    public Tensor start(Random random) {
        int size = basis.rotated();
        return basis.identity().add(random.normal(DType.FLOAT64, size, size).multiply(noise));
    }

    @Override
    public Point at(Tensor numbers) {
        Tensor z = numbers.detach();
        return Gradients.without(() -> {
            LinearAlgebra.Eigen gram = LinearAlgebra.symmetricEigen(z.transpose(0, 1).matmul(z));
            Tensor v = gram.vectors();
            Tensor s = gram.values().sqrt(); // [size]
            Tensor o = z.matmul(v.divide(s)).matmul(v.transpose(0, 1));
            return new Point(basis.whole(o), gradient -> numbers.multiply(
                    Gradients.without(() -> pulledBack(o, new LinearAlgebra.Eigen(s, v), basis.part(gradient)))).sum());
        });
    }

    private static Tensor pulledBack(Tensor o, LinearAlgebra.Eigen root, Tensor gradient) {
        Tensor v = root.vectors();
        Tensor turned = o.transpose(0, 1).matmul(gradient);
        Tensor skew = turned.subtract(turned.transpose(0, 1));
        Tensor sums = root.values().unsqueeze(0).add(root.values().unsqueeze(1)); // [size size]
        Tensor inside = v.transpose(0, 1).matmul(skew).matmul(v).divide(sums);
        return o.matmul(v).matmul(inside).matmul(v.transpose(0, 1));
    }

    @Override
    public GroupElement element(Tensor numbers) {
        LinearAlgebra.Svd svd = LinearAlgebra.svd(numbers.detach());
        return LinearMap.orthogonal(
                basis.whole(svd.u().matmul(svd.v().transpose(0, 1))).contiguous().toDoubles());
    }

    /** What a free matrix can stand for; nothing where a pair turns, which no polar factor keeps. */
    static Optional<Latent> of(RotationBasis basis, double noise) {
        return basis.pairs().isPresent() ? Optional.empty() : Optional.of(new ProjectedRotation(basis, noise));
    }
}
