package org.thalweg.merging;

import java.util.Arrays;
import java.util.List;
import org.thalweg.tensor.Tensor;

/** Equations of recalibrated routers, written out entry by entry and solved by elimination. */
final class DirectSolution {
    private DirectSolution() {}

    /** The router [experts residual] that the equations of some sources have, in row-major order. */
    static double[] of(List<RouterRecalibration.Source> sources, RouterCurvature curvature, double offDiagonal) {
        int unknowns = (int) sources.getFirst().weight().size();
        double[][] equations = new double[unknowns][unknowns + 1];
        for (RouterRecalibration.Source source : sources) {
            add(equations, source, curvature, offDiagonal);
        }
        return eliminated(equations);
    }

    private static void add(double[][] equations, RouterRecalibration.Source source, RouterCurvature curvature,
            double offDiagonal) {
        double[] weight = source.weight().toDoubles();
        int width = (int) source.weight().length(1);
        double tokens = source.batches().stream().mapToInt(batch -> (int) batch.entering().length(0)).sum()
                / source.share();
        for (RouterRecalibration.Tokens batch : source.batches()) {
            double[] all = batch.entering().toDoubles();
            double[] references = batch.reference().toDoubles();
            for (int token = 0; token < all.length / width; token++) {
                double[] x = Arrays.copyOfRange(all, token * width, (token + 1) * width);
                double[] y = Arrays.copyOfRange(references, token * width, (token + 1) * width);
                double[] wanted = times(weight, y);
                double[][] errors = matrix(curvature, biased(wanted, source));
                for (int row = 0; row < weight.length; row++) {
                    for (int other = 0; other < wanted.length; other++) {
                        double part = errors[row / width][other] * x[row % width] / tokens;
                        equations[row][weight.length] += offDiagonal * part * wanted[other];
                        for (int column = 0; column < width; column++) {
                            int unknown = other * width + column;
                            boolean isDiagonal = unknown == row;
                            equations[row][unknown] += (isDiagonal ? 1 : offDiagonal) * part * x[column];
                            equations[row][weight.length] +=
                                    isDiagonal ? (1 - offDiagonal) * part * x[column] * weight[row] : 0;
                        }
                    }
                }
            }
        }
    }

    private static double[] biased(double[] scores, RouterRecalibration.Source source) {
        double[] bias = source.bias().map(Tensor::toDoubles).orElse(new double[scores.length]);
        double[] sum = new double[scores.length];
        Arrays.setAll(sum, i -> scores[i] + bias[i]);
        return sum;
    }

    private static double[] times(double[] weight, double[] x) {
        double[] product = new double[weight.length / x.length];
        for (int i = 0; i < weight.length; i++) {
            product[i / x.length] += weight[i] * x[i % x.length];
        }
        return product;
    }

    private static double[][] matrix(RouterCurvature curvature, double[] scores) {
        double[] exponentials = Arrays.stream(scores).map(Math::exp).toArray();
        double sum = Arrays.stream(exponentials).sum();
        double[][] matrix = new double[scores.length][scores.length];
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                double same = i == j ? 1 : 0;
                matrix[i][j] = switch (curvature) {
                    case NONE -> same;
                    case SOFTMAX -> exponentials[i] / sum * (same - exponentials[j] / sum);
                    case SIGMOID -> same * exponentials[i] / ((1 + exponentials[i]) * (1 + exponentials[i]));
                };
            }
        }
        return matrix;
    }

    private static double[] eliminated(double[][] rows) {
        int size = rows.length;
        for (int pivot = 0; pivot < size; pivot++) {
            int best = pivot;
            for (int row = pivot + 1; row < size; row++) {
                best = Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot]) ? row : best;
            }
            double[] taken = rows[best];
            rows[best] = rows[pivot];
            rows[pivot] = taken;
            for (int row = 0; row < size; row++) {
                double factor = row == pivot ? 0 : rows[row][pivot] / taken[pivot];
                for (int column = pivot; column <= size; column++) {
                    rows[row][column] -= factor * taken[column];
                }
            }
        }
        double[] solution = new double[size];
        Arrays.setAll(solution, i -> rows[i][size] / rows[i][i]);
        return solution;
    }
}
