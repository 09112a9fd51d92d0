package org.thalweg.network.decoder;

import java.util.List;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * Rotary positions (Su et al. 2021): pair i of the first {@code width} coordinates of a head turns by
 * {@code position · frequency[i]} radians; the coordinates behind stay as they are.
 *
 * @param width coordinates that turn, an even number
 * @param theta base of the frequencies
 * @param scaling how they are scaled for texts longer than those of training
 * @param neighbours whether pair i is coordinates 2i and 2i+1, or i and i + width/2
 */
public record Rope(int width, double theta, RopeScaling scaling, boolean neighbours) {
    /**
     * Turns each token's vectors by its position, the first token's being 0.
     *
     * @param x [batch heads tokens head_dim]; not changed
     * @return the same shape
     * @throws org.thalweg.failure.WorkFailure when the scaling is none that is known here
     */
    public Tensor apply(Tensor x) {
        if (width == x.length(3)) {
            return turned(x);
        }
        return Tensor.concatenate(
                List.of(turned(x.narrow(3, 0, width)), x.narrow(3, width, x.length(3) - width)), 3);
    }

    private Tensor turned(Tensor x) {
        int tokens = (int) x.length(2);
        RopeScaling.Turns turns = scaling.turns(width, theta, tokens);
        int pairs = width / 2;
        Tensor cosine = table(x.dtype(), tokens, turns, true); // [tokens pairs]
        Tensor sine = table(x.dtype(), tokens, turns, false); // [tokens pairs]
        long[] shape = x.shape();
        Tensor split = neighbours
                ? x.reshape(shape[0], shape[1], tokens, pairs, 2)
                : x.reshape(shape[0], shape[1], tokens, 2, pairs).transpose(3, 4); // [batch heads tokens pairs 2]
        Tensor first = split.select(4, 0); // [batch heads tokens pairs]
        Tensor second = split.select(4, 1);
        Tensor turnedFirst = first.multiply(cosine).subtract(second.multiply(sine));
        Tensor turnedSecond = second.multiply(cosine).add(first.multiply(sine));
        return neighbours
                ? Tensor.stack(List.of(turnedFirst, turnedSecond), 4).reshape(shape)
                : Tensor.concatenate(List.of(turnedFirst, turnedSecond), 3);
    }

    private static Tensor table(DType dtype, int tokens, RopeScaling.Turns turns, boolean cosine) {
        double[] frequencies = turns.frequencies();
        double[] values = new double[tokens * frequencies.length];
        for (int token = 0; token < tokens; token++) {
            for (int pair = 0; pair < frequencies.length; pair++) {
                double angle = token * frequencies[pair];
                values[token * frequencies.length + pair] =
                        turns.amplitude() * (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return Tensor.of(values, tokens, frequencies.length).to(dtype);
    }
}
