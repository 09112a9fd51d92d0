package org.thalweg.scaling;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.thalweg.failure.WorkFailure;

/**
 * The law of leverage fitted to runs by least squares of logarithms (arXiv 2507.17702 fits leverages by Huber's loss).
 * A_max is infinite: the paper's 5e16 shows that no runs determine it. A coefficient is fitted where the runs vary what
 * it needs and is 0 elsewhere: d with two budgets, beta with two granularities, gamma with three, start with three
 * activation ratios, and start only where that of the least squares lies between a millionth of the smallest
 * activation ratio and 1: below, leverage does not level off.
 *
 * @param runs the runs
 * @param law the law; an extrapolation outside the runs
 * @param estimates the fitted coefficients and their 95 % intervals
 * @param deviation of a measured logarithm from the law: the root of the sum of squares over degrees of freedom
 */
public record LeverageFit(Runs runs, LeverageLaw law, Map<Coefficient, Estimate> estimates, double deviation) {
    private static final double LEAST_PART = 1e-6;

    /**
     * Fits.
     *
     * @param runs leverages; or losses, among them those of dense runs with two budgets
     * @return the law
     * @throws WorkFailure when there are too few runs, they do not vary enough, or losses do not fall with compute
     */
    public static LeverageFit of(Runs runs) {
        List<Run> sparse = runs.ofDense(false);
        if (sparse.isEmpty()) {
            throw new WorkFailure(runs.source() + ": no run has an activation below 1, so there is no leverage to fit; "
                    + "add runs of models with a Mixture of Experts.");
        }
        if (runs.measure() == Measure.LOSS && Runs.different(runs.ofDense(true), Setting::compute) < 2) {
            throw new WorkFailure(runs.source() + ": leverage is measured against the losses of dense models, and there "
                    + "are none of two budgets; add runs with activation 1.");
        }
        List<Coefficient> free = free(runs.measure(), sparse);
        Optional<LeverageFit> whole = fit(runs, free);
        if (whole.isPresent() || !free.contains(Coefficient.START)) {
            return whole.orElseThrow();
        }
        return fit(runs, free.stream().filter(each -> each != Coefficient.START).toList()).orElseThrow();
    }

    /** What the runs vary enough to determine. */
    private static List<Coefficient> free(Measure measure, List<Run> sparse) {
        List<Coefficient> free = new ArrayList<>(List.of(Coefficient.A));
        addIf(free, Coefficient.D, sparse, Setting::compute, 2);
        addIf(free, Coefficient.GAMMA, sparse, Setting::granularity, 3);
        addIf(free, Coefficient.BETA, sparse, Setting::granularity, 2);
        addIf(free, Coefficient.START, sparse, Setting::activation, 3);
        if (measure == Measure.LOSS) {
            free.add(Coefficient.LOSS_COEFFICIENT);
            free.add(Coefficient.LOSS_EXPONENT);
        }
        return free;
    }

    private static void addIf(List<Coefficient> free, Coefficient coefficient, List<Run> sparse,
            ToDoubleFunction<Setting> part, int least) {
        if (Runs.different(sparse, part) >= least) {
            free.add(coefficient);
        }
    }

    /** The fit, or nothing when start is free and the runs show none. */
    private static Optional<LeverageFit> fit(Runs runs, List<Coefficient> free) {
        int degrees = runs.runs().size() - free.size();
        if (degrees < 1) {
            throw new WorkFailure(runs.source() + ": " + runs.runs().size() + " runs vary what determines "
                    + free.size() + " coefficients, expected at least " + (free.size() + 1) + " runs.");
        }
        FitProblem problem = new FitProblem(runs, free);
        LevenbergMarquardt.Minimum minimum = problem.solve();
        Map<Coefficient, Double> values = problem.coefficients(minimum.parameters());
        if (free.contains(Coefficient.START)
                && (minimum.dependent() || !isPlausible(values.get(Coefficient.START), runs))) {
            return Optional.empty();
        }
        if (minimum.dependent()) {
            throw problem.undetermined();
        }
        if (runs.measure() == Measure.LOSS) {
            problem.requireFalling(values.get(Coefficient.LOSS_EXPONENT));
        }
        double deviation = Math.sqrt(minimum.sum() / degrees);
        StudentT distribution = new StudentT(degrees);
        Map<Coefficient, Estimate> estimates = new EnumMap<>(Coefficient.class);
        for (int k = 0; k < free.size(); k++) {
            Estimate estimate = Estimate.of(
                    minimum.parameters()[k], deviation * minimum.standardErrors()[k], distribution);
            estimates.put(free.get(k), free.get(k).isPositive() ? estimate.exponential() : estimate);
        }
        return Optional.of(new LeverageFit(runs, FitProblem.law(values), estimates, deviation));
    }

    private static boolean isPlausible(double start, Runs runs) {
        double least = runs.ofDense(false).stream().mapToDouble(run -> run.setting().activation()).min().orElseThrow();
        return start >= LEAST_PART * least && start <= 1;
    }

    /**
     * The ranges of the runs with experts, outside which the law is an extrapolation.
     *
     * @return of activation, granularity and compute
     */
    public List<FittedRange> ranges() {
        return List.of(range("activation", "", Setting::activation), range("granularity", "", Setting::granularity),
                range("compute", "FLOPs", Setting::compute));
    }

    private FittedRange range(String quantity, String unit, ToDoubleFunction<Setting> part) {
        List<Run> sparse = runs.ofDense(false);
        return new FittedRange(quantity,
                sparse.stream().mapToDouble(run -> part.applyAsDouble(run.setting())).min().orElseThrow(),
                sparse.stream().mapToDouble(run -> part.applyAsDouble(run.setting())).max().orElseThrow(), unit);
    }
}
