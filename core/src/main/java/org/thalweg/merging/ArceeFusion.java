package org.thalweg.merging;

import java.util.List;
import org.thalweg.tensor.Tensor;

/**
 * The base with those of the other model's numbers that matter most: the difference of a number times the
 * Kullback-Leibler divergence of its row's softmax from the base's is at least the median of all plus 1.5 times the
 * distance between the quartiles. Quartiles are the exact ones of all numbers, at ranks {@code ⌊q (n − 1)⌋}.
 */
final class ArceeFusion implements MergeMethod {
    /** Added to each probability. */
    private static final double SMALLEST_PROBABILITY = 1e-8;

    @Override
    public String name() {
        return "arcee_fusion";
    }

    @Override
    public List<MergeParameter> parameters() {
        return List.of();
    }

    @Override
    public Base base() {
        return Base.REQUIRED;
    }

    @Override
    public Count models() {
        return new Count(1, 1);
    }

    @Override
    public Merged merge(ModelTensors tensors, MergeValues values) {
        Tensor base = tensors.requireBase();
        Delta delta = Delta.of(tensors.models().getFirst(), base);
        Numbers importance = importance(delta, Math.toIntExact(Rows.length(base)));
        double threshold = threshold(new Ranking(importance, delta.size()), delta.size());
        return Merged.of(Passes.tensor((start, into, length) -> {
            double[] scores = new double[length];
            double[] differences = new double[length];
            importance.read(start, scores, length);
            delta.read(start, differences, length);
            delta.base().read(start, into, length);
            for (int i = 0; i < length; i++) {
                into[i] += scores[i] >= threshold ? differences[i] : 0;
            }
        }, base.shape()));
    }

    private static double threshold(Ranking scores, long size) {
        double first = scores.ascending((size - 1) / 4);
        double median = scores.ascending((size - 1) / 2);
        double third = scores.ascending(3 * (size - 1) / 4);
        return median + 1.5 * (third - first);
    }

    private static Numbers importance(Delta delta, int row) {
        double[] divergences = divergences(delta, row);
        return (start, into, length) -> {
            delta.magnitudes().read(start, into, length);
            int at = (int) (start / row);
            int column = (int) (start % row);
            for (int i = 0; i < length; i++) {
                into[i] *= divergences[at];
                column++;
                if (column == row) {
                    column = 0;
                    at++;
                }
            }
        };
    }

    private static double[] divergences(Delta delta, int row) {
        double[] divergences = new double[Math.toIntExact(delta.size() / row)];
        double[] model = new double[row];
        double[] base = new double[row];
        for (int at = 0; at < divergences.length; at++) {
            delta.model().read((long) at * row, model, row);
            delta.base().read((long) at * row, base, row);
            softmax(model);
            softmax(base);
            for (int i = 0; i < row; i++) {
                double probability = model[i] + SMALLEST_PROBABILITY;
                divergences[at] += probability * Math.log(probability / (base[i] + SMALLEST_PROBABILITY));
            }
        }
        return divergences;
    }

    private static void softmax(double[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double number : row) {
            largest = Math.max(largest, number);
        }
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            row[i] = Math.exp(row[i] - largest);
            sum += row[i];
        }
        for (int i = 0; i < row.length; i++) {
            row[i] /= sum;
        }
    }
}
