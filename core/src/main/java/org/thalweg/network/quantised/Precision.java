package org.thalweg.network.quantised;

import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/**
 * How finely a map of an expert computes (arXiv 2511.11743 and its public code). What is rounded has the gradient of
 * what was not: the straight-through estimate.
 */
public sealed interface Precision {
    /** Weights in -1, 0 and 1 times a factor for each row, inputs in -1, 0 and 1: 1.58 bits. */
    record Ternary() implements Precision {
        private static final double BITS = 1.58;
        private static final double SMALL_WEIGHT = 0.15;
        private static final double SMALL_INPUT = 0.05;

        private static Tensor rounded(Tensor weight) {
            Tensor centred = weight.subtract(weight.mean(1, true)); // [out in]
            Tensor codes = codes(centred, SMALL_WEIGHT);
            Tensor used = codes.abs();
            Tensor factors = centred.abs().multiply(used).sum(1, true)
                    .divide(Functions.clamp(used.sum(1, true), 1, Double.POSITIVE_INFINITY)); // [out 1]
            return codes.multiply(factors);
        }

        /** The sign of every number, 0 for those below a part of their row's mean modulus. */
        private static Tensor codes(Tensor rows, double part) {
            Tensor modulus = rows.abs();
            Tensor excess = modulus.subtract(modulus.mean(1, true).multiply(part));
            return Functions.sign(rows).multiply(Functions.relu(Functions.sign(excess)));
        }
    }

    /**
     * Weights in whole multiples of one unit for the whole map, inputs in 255 steps; from 16 bits on both as they are.
     *
     * @param count 1 to 16, or 32
     */
    record Bits(int count) implements Precision {
        private static final int PLAIN = 16;
        private static final double INPUT_STEPS = 127;
        private static final double LEAST = 1e-5;

        /** Refuses numbers for which there is no kernel. */
        public Bits {
            if (count < 1 || count > PLAIN && count != 2 * PLAIN) {
                throw noKernel(count);
            }
        }

        private Tensor rounded(Tensor weight) {
            Tensor centred = weight.subtract(weight.sum().multiply(1.0 / weight.size()));
            double largest = centred.abs().max();
            if (count == 1 || largest == 0) {
                return Functions.sign(centred);
            }
            double levels = Math.scalb(1.0, count - 1) - 1;
            Tensor codes = Functions.round(centred.multiply(levels / largest));
            return Functions.clamp(codes, -levels - 1, levels).multiply(largest / levels);
        }

        private static Tensor steps(Tensor x) {
            Tensor modulus = x.abs();
            Tensor largest = Functions.clamp(
                    modulus.gather(1, modulus.argmax(1).unsqueeze(1)), LEAST, Double.POSITIVE_INFINITY); // [used 1]
            Tensor codes = Functions.round(x.divide(largest).multiply(INPUT_STEPS));
            return codes.multiply(largest).multiply(1 / INPUT_STEPS);
        }
    }

    /**
     * Trained as it is, rounded when the training is over.
     *
     * @param later how it is rounded
     * @param isOver whether the training is
     */
    record PostTraining(Precision later, boolean isOver) implements Precision {}

    /**
     * A precision by its number of bits.
     *
     * @param bits 1.58 for ternary, or a whole number of {@link Bits}
     * @return the precision
     * @throws WrongUse when there is no kernel for it
     */
    static Precision of(double bits) {
        if (bits == Ternary.BITS) {
            return new Ternary();
        }
        if (bits != Math.rint(bits)) {
            throw noKernel(bits);
        }
        return new Bits((int) bits);
    }

    private static WrongUse noKernel(double bits) {
        return new WrongUse("there are kernels for experts of 1.58 bits (ternary), of 1 to 16 and of 32 bits, and none "
                + "for " + (bits == Math.rint(bits) ? String.valueOf((long) bits) : String.valueOf(bits))
                + " bits; choose one of these.");
    }

    /** Bits of a weight when the training is over, which tell precisions apart. */
    default double bits() {
        return switch (this) {
            case Ternary() -> Ternary.BITS;
            case Bits(int count) -> count;
            case PostTraining(Precision later, boolean _) -> later.bits();
        };
    }

    /** The same precision in training. */
    default Precision inTraining() {
        return this instanceof PostTraining(Precision later, boolean _) ? new PostTraining(later, false) : this;
    }

    /**
     * The weights that a map multiplies by.
     *
     * @param latent [out in] what is trained; not changed
     * @return [out in], with the gradient of {@code latent}
     */
    default Tensor weights(Tensor latent) {
        return switch (this) {
            case Ternary() -> passing(latent, Ternary.rounded(latent.detach()));
            case Bits bits -> bits.count >= Bits.PLAIN ? latent : passing(latent, bits.rounded(latent.detach()));
            case PostTraining(Precision later, boolean isOver) -> isOver ? later.weights(latent) : latent;
        };
    }

    /**
     * What a map takes of its inputs.
     *
     * @param x [used in]; not changed
     * @return [used in], with the gradient of {@code x}
     */
    default Tensor inputs(Tensor x) {
        return switch (this) {
            case Ternary() -> passing(x, Ternary.codes(x.detach(), Ternary.SMALL_INPUT));
            case Bits(int count) -> count >= Bits.PLAIN ? x : passing(x, Bits.steps(x.detach()));
            case PostTraining(Precision later, boolean isOver) -> isOver ? later.inputs(x) : x;
        };
    }

    /** The rounded numbers to the last bit, with the gradient of those that were rounded. */
    private static Tensor passing(Tensor exact, Tensor rounded) {
        return rounded.add(exact.subtract(exact.detach()));
    }
}
