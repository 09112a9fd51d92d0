package org.thalweg.scaling;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;

/**
 * The residuals of the law in logarithms, for a choice of coefficients that are free; the others are 0.
 *
 * <p>Of leverage: {@code ln EL(A, G, C) - ln measured}. Of loss, where the dense model's is {@code alpha C^e}:
 * {@code ln alpha + e (ln C + ln EL(A, G, C)) - ln measured}, with EL = 1 for dense runs, so that one fit has the
 * uncertainty of the dense curve in it. Everything but start is found by a linear system for a given start, which
 * gives good first values.
 *
 * @param runs the runs
 * @param free which coefficients are fitted, in the order of the parameters
 */
record FitProblem(Runs runs, List<Coefficient> free) {
    /** First values of start, in parts of the smallest activation ratio. */
    private static final double[] STARTS = {1e-2, 3e-2, 0.1, 0.2, 0.4, 0.7, 1, 2, 4};

    /** The least squares solution. */
    LevenbergMarquardt.Minimum solve() {
        return LevenbergMarquardt.minimum(this::residuals, start());
    }

    /** The coefficients that parameters stand for; those that are not free are 0. */
    Map<Coefficient, Double> coefficients(double[] parameters) {
        Map<Coefficient, Double> values = new EnumMap<>(Coefficient.class);
        for (Coefficient each : Coefficient.values()) {
            int index = free.indexOf(each);
            values.put(each, index < 0 ? 0
                    : each.isPositive() ? Math.exp(parameters[index]) : parameters[index]);
        }
        return values;
    }

    static LeverageLaw law(Map<Coefficient, Double> values) {
        return new LeverageLaw(values.get(Coefficient.A), values.get(Coefficient.D), values.get(Coefficient.GAMMA),
                values.get(Coefficient.BETA), values.get(Coefficient.START), Double.POSITIVE_INFINITY);
    }

    private double[] residuals(double[] parameters) {
        Map<Coefficient, Double> values = coefficients(parameters);
        LeverageLaw law = law(values);
        double constant = Math.log(values.get(Coefficient.LOSS_COEFFICIENT));
        double exponent = values.get(Coefficient.LOSS_EXPONENT);
        return runs.runs().stream().mapToDouble(run -> {
            Setting setting = run.setting();
            double leverage = setting.isDense()
                    ? 0 : law.logActivation(setting.activation()) * law.exponent(setting);
            double expected = runs.measure() == Measure.LEVERAGE
                    ? leverage : constant + exponent * (Math.log(setting.compute()) + leverage);
            return expected - Math.log(run.measured());
        }).toArray();
    }

    /** The best of the linear systems. */
    private double[] start() {
        double least = runs.ofDense(false).stream().mapToDouble(run -> run.setting().activation()).min().orElseThrow();
        Optional<LinearLeastSquares> best = Optional.empty();
        double bestStart = 0;
        for (double part : free.contains(Coefficient.START) ? STARTS : new double[] {0}) {
            LinearLeastSquares system = linear(part * least);
            if (!system.isDependent() && best.stream().allMatch(found -> system.residual() < found.residual())) {
                best = Optional.of(system);
                bestStart = part * least;
            }
        }
        return parameters(best.orElseThrow(this::undetermined).solution(), bestStart);
    }

    /** The failure when runs leave a coefficient open that they seem to vary enough for. */
    WorkFailure undetermined() {
        return new WorkFailure(runs.source() + ": the runs do not tell the coefficients of the law apart; vary "
                + "activation, granularity and compute independently of each other.");
    }

    /** The linear system of all coefficients but start, in the order of those. */
    private LinearLeastSquares linear(double start) {
        LeverageLaw onlyStart = new LeverageLaw(0, 0, 0, 0, start, Double.POSITIVE_INFINITY);
        List<Coefficient> linear = free.stream().filter(each -> each != Coefficient.START).toList();
        double[][] rows = runs.runs().stream().map(run -> linear.stream()
                .mapToDouble(each -> factor(each, run.setting(), onlyStart)).toArray()).toArray(double[][]::new);
        return LinearLeastSquares.of(rows,
                runs.runs().stream().mapToDouble(run -> Math.log(run.measured())).toArray());
    }

    /** What a coefficient is multiplied with; of losses those of the leverage stand for their product with e. */
    private static double factor(Coefficient coefficient, Setting setting, LeverageLaw onlyStart) {
        double activation = setting.isDense() ? 0 : onlyStart.logActivation(setting.activation());
        double fineness = LeverageLaw.log2(setting.granularity());
        return switch (coefficient) {
            case A -> activation;
            case D -> activation * Math.log10(setting.compute());
            case GAMMA -> activation * fineness * fineness;
            case BETA -> activation * fineness;
            case LOSS_COEFFICIENT -> 1;
            case LOSS_EXPONENT -> Math.log(setting.compute());
            case START -> throw new IllegalArgumentException("start is not linear");
        };
    }

    private double[] parameters(double[] linear, double start) {
        double exponent = 1;
        if (runs.measure() == Measure.LOSS) {
            exponent = linear[linear.length - 1];
            requireFalling(exponent);
        }
        double[] parameters = new double[free.size()];
        int next = 0;
        for (int k = 0; k < parameters.length; k++) {
            parameters[k] = switch (free.get(k)) {
                case START -> Math.log(start);
                case LOSS_COEFFICIENT, LOSS_EXPONENT -> linear[next++];
                case A, D, GAMMA, BETA -> linear[next++] / exponent;
            };
        }
        return parameters;
    }

    /**
     * Fails unless the loss falls with compute.
     *
     * @throws WorkFailure when it does not: then no other compute gives the same loss
     */
    void requireFalling(double exponent) {
        if (!(exponent < 0)) {
            throw new WorkFailure(runs.source() + ": the loss does not fall with compute (its power is " + exponent
                    + "), so leverage has no meaning; train with budgets farther apart.");
        }
    }
}
