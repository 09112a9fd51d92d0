package org.thalweg.network.decoder;

import java.util.List;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Tensor;

/**
 * Rotary positions (Su et al. 2021): pair i of a head turns by {@code position · frequencies[i]} radians.
 *
 * @param frequencies radians per token, one for each pair
 * @param amplitude factor of the turned vector, 1 except under YaRN
 * @param neighbours whether pair i is coordinates 2i and 2i+1, or i and i + pairs
 */
public record Rope(List<Double> frequencies, double amplitude, boolean neighbours) {
    /** Copies the list. */
    public Rope {
        frequencies = List.copyOf(frequencies);
    }

    /**
     * Turns each token's vectors by its position, the first token's being 0.
     *
     * @param x [batch heads tokens 2·pairs]; not changed
     * @return the same shape
     */
    public Tensor apply(Tensor x) {
        int tokens = (int) x.length(2);
        int pairs = frequencies.size();
        Tensor cosine = table(x.dtype(), tokens, true); // [tokens pairs]
        Tensor sine = table(x.dtype(), tokens, false); // [tokens pairs]
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

    private Tensor table(DType dtype, int tokens, boolean cosine) {
        int pairs = frequencies.size();
        double[] values = new double[tokens * pairs];
        for (int token = 0; token < tokens; token++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = token * frequencies.get(pair);
                values[token * pairs + pair] = amplitude * (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return Tensor.of(values, tokens, pairs).to(dtype);
    }
}
