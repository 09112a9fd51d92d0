package org.thalweg.scaling;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.thalweg.minimisation.GoldenSection;

/**
 * The least squares problem of the law in logarithms, for a choice of coefficients that are free; the others are 0.
 *
 * <p>Of leverage: {@code ln EL(A, G, C) = ln measured}. Of loss, where the dense model's is {@code alpha C^e}:
 * {@code ln alpha + e (ln C + ln EL(A, G, C)) = ln measured}, with EL = 1 for dense runs, so that one fit has the
 * uncertainty of the dense curve in it. For a given start both are linear, the second in products with e, and remain so
 * when one coefficient is held; so only start is searched (separable least squares), and no step can go astray.
 */
final class SeparableProblem {
    private static final int GRID = 8;

    private final boolean ofLoss;
    private final boolean startIsFree;
    private final double least;
    private final List<Coefficient> linear;
    /** [n], 0 for dense runs. */
    private final double[] activations;
    /** [n linear]: what a coefficient is multiplied with, those of the leverage without ln Â. */
    private final double[][] factors;
    private final double[] measured;

    SeparableProblem(Runs runs, List<Coefficient> free) {
        ofLoss = runs.measure() == Measure.LOSS;
        startIsFree = free.contains(Coefficient.START);
        linear = free.stream().filter(each -> each != Coefficient.START).toList();
        activations = runs.runs().stream().map(Run::setting)
                .mapToDouble(setting -> setting.isDense() ? 0 : setting.activation()).toArray();
        least = runs.ofDense(false).stream().mapToDouble(run -> run.setting().activation()).min().orElseThrow();
        measured = runs.runs().stream().mapToDouble(run -> Math.log(run.measured())).toArray();
        factors = runs.runs().stream().map(run -> linear.stream()
                .mapToDouble(each -> factor(each, run.setting())).toArray()).toArray(double[][]::new);
    }

    private static double factor(Coefficient coefficient, Setting setting) {
        double fineness = LeverageLaw.log2(setting.granularity());
        return switch (coefficient) {
            case A, LOSS_COEFFICIENT -> 1;
            case D -> Math.log10(setting.compute());
            case GAMMA -> fineness * fineness;
            case BETA -> fineness;
            case LOSS_EXPONENT -> Math.log(setting.compute());
            case START -> throw new IllegalArgumentException("start is not linear");
        };
    }

    /** The start at a place from 0 to 1: 0 at 0, about the smallest activation ratio in the middle, 1 at 1. */
    double start(double place) {
        return least * place / (1 - place + least * place);
    }

    /** The place of the best start, 0 where start is not free. */
    double bestPlace() {
        return startIsFree ? lowest(place -> residual(system(place)), 60) : 0;
    }

    /** All free coefficients, for the start at a place. */
    LinearLeastSquares system(double place) {
        return system(start(place), linear.size(), 0);
    }

    /** The sum of squares with the best of all else, start included, when a coefficient is held. */
    double profile(Coefficient held, double value) {
        int index = linear.indexOf(held);
        DoubleUnaryOperator sum = place -> residual(system(start(place), index, value));
        return sum.applyAsDouble(startIsFree ? lowest(sum, 20) : 0);
    }

    /** The sum of squares for the start at a place. */
    static double residual(LinearLeastSquares system) {
        return system.isDependent() ? Double.POSITIVE_INFINITY : system.residual();
    }

    /** The system with one coefficient held; with none for an index beyond the last. */
    private LinearLeastSquares system(double start, int held, double value) {
        int unknowns = linear.size() - (held < linear.size() ? 1 : 0);
        double[][] rows = new double[measured.length][unknowns];
        double[] targets = measured.clone();
        for (int i = 0; i < rows.length; i++) {
            double ofLeverage = activations[i] == 0 ? 0 : Math.log(activations[i] + start);
            double constant = 0;
            int next = 0;
            for (int k = 0; k < linear.size(); k++) {
                double factor = factors[i][k] * (isOfLeverage(linear.get(k)) ? ofLeverage : 1);
                if (k == held) {
                    constant = value * factor;
                } else {
                    rows[i][next++] = factor;
                }
            }
            if (held < linear.size() && ofLoss && isOfLeverage(linear.get(held))) {
                // Of losses the coefficient stands in a product with the exponent, whose column is the last.
                rows[i][unknowns - 1] += constant;
            } else {
                targets[i] -= constant;
            }
        }
        return LinearLeastSquares.of(rows, targets);
    }

    private static boolean isOfLeverage(Coefficient coefficient) {
        return switch (coefficient) {
            case A, D, GAMMA, BETA -> true;
            case START, LOSS_COEFFICIENT, LOSS_EXPONENT -> false;
        };
    }

    /** The values of a solved system, ln alpha for the loss of the dense model. */
    Map<Coefficient, Double> values(double[] solution) {
        Map<Coefficient, Double> values = new EnumMap<>(Coefficient.class);
        double exponent = ofLoss ? solution[solution.length - 1] : 1;
        for (int k = 0; k < solution.length; k++) {
            values.put(linear.get(k), isOfLeverage(linear.get(k)) ? solution[k] / exponent : solution[k]);
        }
        return values;
    }

    /** Where a function of 0 to 1 is lowest: the best of a grid, then the golden section between its neighbours. */
    private static double lowest(DoubleUnaryOperator sum, int sections) {
        int best = 0;
        double bestSum = Double.POSITIVE_INFINITY;
        for (int k = 0; k <= GRID; k++) {
            double there = sum.applyAsDouble((double) k / GRID);
            if (there < bestSum) {
                best = k;
                bestSum = there;
            }
        }
        double low = Math.max(0, best - 1.0) / GRID;
        double high = Math.min(GRID, best + 1.0) / GRID;
        double found = new GoldenSection(sections).smallest(sum, low, high);
        return sum.applyAsDouble(found) <= bestSum ? found : (double) best / GRID;
    }
}
