package org.thalweg.canonical;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.thalweg.group.Group;
import org.thalweg.group.GroupElement;
import org.thalweg.group.GroupKind;
import org.thalweg.group.LinearMap;
import org.thalweg.group.RotaryMap;
import org.thalweg.group.RotaryPairs;
import org.thalweg.group.Scaling;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The entry of largest modulus of each coordinate's weights, by which signs and phases are fixed: pairs of numbers, the
 * second 0 where entries are real. Which one it is does not depend on signs or phases; where two are equally large the
 * choice is by chance, which has probability 0.
 */
final class LargestEntries {
    private LargestEntries() {}

    /** Of the rows of a matrix [coordinates others], for rotary groups of pairs of rows; the first of equal ones. */
    static double[] of(Tensor vectors, Group group) {
        return group.kind().isRotary() ? ofPairs(vectors, RotaryPairs.of(group)) : ofRows(vectors);
    }

    private static double[] ofRows(Tensor vectors) {
        int rows = (int) vectors.length(0);
        double[] largest = new double[2 * rows];
        int together = (int) Math.min(rows, Gauge.rowsOfBlock(vectors, 0));
        for (int first = 0; first < rows; first += together) {
            try (Scope scope = Scope.open()) {
                Tensor block = vectors.narrow(0, first, Math.min(together, rows - first));
                double[] entries = block.gather(1, block.abs().argmax(1).unsqueeze(1)).toDoubles();
                for (int row = 0; row < entries.length; row++) {
                    largest[2 * (first + row)] = entries[row];
                }
            }
        }
        return largest;
    }

    private static double[] ofPairs(Tensor vectors, RotaryPairs pairs) {
        double[] largest = new double[2 * pairs.count()];
        try (Scope scope = Scope.open()) {
            Tensor first = vectors.indexSelect(0, Tensor.indices(
                    IntStream.range(0, pairs.count()).map(pairs::first).toArray())); // [pairs others]
            Tensor second = vectors.indexSelect(0, Tensor.indices(
                    IntStream.range(0, pairs.count()).map(pairs::second).toArray()));
            Tensor place = Functions.modulus(first, second).argmax(1).unsqueeze(1);
            double[] real = first.gather(1, place).toDoubles();
            double[] imaginary = second.gather(1, place).toDoubles();
            for (int pair = 0; pair < real.length; pair++) {
                largest[2 * pair] = real[pair];
                largest[2 * pair + 1] = imaginary[pair];
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
