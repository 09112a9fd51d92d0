package org.thalweg.canonical;

import java.util.Arrays;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.group.Scaling;
import org.thalweg.tensor.Tensor;

/**
 * The entry of largest modulus of each coordinate's weights, by which signs and phases are fixed: pairs of numbers, the
 * second 0 where entries are real. Which one it is does not depend on signs or phases; where two are equally large the
 * choice is by chance, which has probability 0.
 */
final class LargestEntries {
    private LargestEntries() {}

    /** Of the rows of a matrix [coordinates others], for rotary groups of each pair of rows. */
    static double[] of(Tensor vectors, Group group) {
        int rows = (int) vectors.length(0);
        int columns = (int) (vectors.size() / rows);
        double[] values = vectors.toDoubles();
        if (!group.kind().isRotary()) {
            double[] largest = new double[2 * rows];
            for (int row = 0; row < rows; row++) {
                for (int i = row * columns; i < (row + 1) * columns; i++) {
                    if (Math.abs(values[i]) > Math.abs(largest[2 * row])) {
                        largest[2 * row] = values[i];
                    }
                }
            }
            return largest;
        }
        RotaryPairs pairs = RotaryPairs.of(group);
        double[] largest = new double[rows];
        for (int pair = 0; pair < pairs.count(); pair++) {
            for (int column = 0; column < columns; column++) {
                double real = values[pairs.first(pair) * columns + column];
                double imaginary = values[pairs.second(pair) * columns + column];
                if (Math.hypot(real, imaginary) > Math.hypot(largest[2 * pair], largest[2 * pair + 1])) {
                    largest[2 * pair] = real;
                    largest[2 * pair + 1] = imaginary;
                }
            }
        }
        return largest;
    }

    /** Entry by entry the larger of two; the first where both are equally large. */
    static double[] larger(double[] one, double[] other) {
        double[] result = one.clone();
        for (int i = 0; i < one.length; i += 2) {
            if (Math.hypot(other[i], other[i + 1]) > Math.hypot(one[i], one[i + 1])) {
                result[i] = other[i];
                result[i + 1] = other[i + 1];
            }
        }
        return result;
    }

    /** The element of a group that makes these entries positive, changing no modulus. */
    static GroupElement orienting(double[] entries, Group group) {
        if (group.kind().isRotary()) {
            RotaryMap identity = (RotaryMap) group.identity();
            double[] numbers = identity.numbers();
            for (int i = 0; i < entries.length; i += 2) {
                double modulus = Math.hypot(entries[i], entries[i + 1]);
                if (modulus > 0) {
                    numbers[i] = entries[i] / modulus;
                    numbers[i + 1] = 0 - entries[i + 1] / modulus;
                }
            }
            return new RotaryMap(numbers, identity.interleaved());
        }
        int size = group.size();
        double[] signs = new double[size];
        Arrays.setAll(signs, i -> entries[2 * i] < 0 ? -1 : 1);
        if (group.kind() == GroupKind.SIGNED_SCALING) {
            return new Scaling(signs);
        }
        double[] diagonal = new double[size * size];
        for (int i = 0; i < size; i++) {
            diagonal[i * size + i] = signs[i];
        }
        return LinearMap.invertible(diagonal);
    }
}
