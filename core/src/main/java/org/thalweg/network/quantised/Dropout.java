package org.thalweg.network.quantised;

import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Units left out at random, as a pure function: the same seed leaves out the same units of the same place.
 *
 * @param rate share of units that are left out, below 1; what stays is divided by the rest
 * @param seed of all masks
 * @param tied whether one mask serves all inputs, so that what an input gets does not depend on its batch
 */
public record Dropout(double rate, long seed, boolean tied) {
    /** Leaves out nothing. */
    public static final Dropout NONE = new Dropout(0, 0, true);

    /**
     * Leaves out units.
     *
     * @param place where in the network; each place has masks of its own
     * @param x [inputs units]; not changed
     * @return [inputs units]
     */
    public Tensor apply(String place, Tensor x) {
        if (rate == 0) {
            return x;
        }
        Tensor drawn = Random.seeded(Random.childSeed(seed, place))
                .uniform(DType.FLOAT32, -rate, 1 - rate, tied ? 1 : x.length(0), x.length(1));
        return x.multiply(Functions.relu(Functions.sign(drawn)).to(x.dtype()).multiply(1 / (1 - rate)));
    }
}
