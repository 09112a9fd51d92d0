package org.thalweg.network.operator;

import org.thalweg.tensor.Tensor;

/**
 * The discrete Fourier transform of real fields on a periodic grid, by matrices: {@code (1/√N) Σ_j x_j exp(−2πi j k /
 * N)} for the modes {@code k} from 0 on. Grids here have few points, for which a product is as fast as any other way.
 *
 * @param points of the grid, N
 * @param modes how many are kept, at most N / 2 + 1, which is all there are
 */
public record Spectrum(int points, int modes) {
    /** Refuses modes that there are not. */
    public Spectrum {
        if (points < 1 || modes < 1 || modes > points / 2 + 1) {
            throw new IllegalArgumentException("a grid of " + points + " points has no " + modes + " modes");
        }
    }

    /**
     * Complex numbers.
     *
     * @param real of any shape
     * @param imaginary of the same shape
     */
    public record Complex(Tensor real, Tensor imaginary) {
        /** The sum. */
        public Complex add(Complex other) {
            return new Complex(real.add(other.real), imaginary.add(other.imaginary));
        }

        /**
         * The product.
         *
         * @param factor of a shape that broadcasts
         * @return new numbers
         */
        public Complex multiply(Complex factor) {
            return new Complex(
                    real.multiply(factor.real).subtract(imaginary.multiply(factor.imaginary)),
                    real.multiply(factor.imaginary).add(imaginary.multiply(factor.real)));
        }

        /** The product with real numbers of a shape that broadcasts. */
        public Complex multiply(Tensor factor) {
            return new Complex(real.multiply(factor), imaginary.multiply(factor));
        }
    }

    /**
     * The modes of fields.
     *
     * @param fields [… points columns]; not changed
     * @return [… modes columns]
     */
    public Complex forward(Tensor fields) {
        return new Complex(
                matrix(true, false).to(fields.dtype()).matmul(fields),
                matrix(false, false).to(fields.dtype()).matmul(fields));
    }

    /**
     * The fields of modes; those that are not kept count as 0, and what real fields do not have is dropped.
     *
     * @param found [… modes columns]; not changed
     * @return [… points columns]
     */
    public Tensor inverse(Complex found) {
        return matrix(true, true).to(found.real.dtype()).matmul(found.real)
                .add(matrix(false, true).to(found.real.dtype()).matmul(found.imaginary));
    }

    /** Cosines or negative sines, [modes points]; back [points modes], where a mode stands for its conjugate too. */
    private Tensor matrix(boolean cosines, boolean back) {
        double[] entries = new double[points * modes];
        for (int k = 0; k < modes; k++) {
            double weight = (back && k > 0 && 2 * k != points ? 2 : 1) / Math.sqrt(points);
            for (int j = 0; j < points; j++) {
                // Reduced first: the sine of a large angle has lost digits.
                double angle = 2 * Math.PI * ((long) j * k % points) / points;
                double part = cosines ? Math.cos(angle) : -Math.sin(angle);
                entries[back ? j * modes + k : k * points + j] = weight * part;
            }
        }
        return back ? Tensor.of(entries, points, modes) : Tensor.of(entries, modes, points);
    }
}
