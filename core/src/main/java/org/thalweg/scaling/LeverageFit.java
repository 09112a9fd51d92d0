package org.thalweg.scaling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.thalweg.failure.WorkFailure;

/**
 * The law of leverage fitted to runs by least squares of logarithms (arXiv 2507.17702 fits leverages by Huber's loss).
 * A_max is infinite: the paper's 5e16 shows that no runs determine it. A coefficient is fitted where the runs vary what
 * it needs and is 0 elsewhere: d with two budgets, beta with two granularities, gamma with three, start with three
 * activation ratios. Start is looked for from 0, where leverage does not level off, to 1. Time is about 3,000 linear
 * systems of all runs.
 *
 * @param runs the runs
 * @param law the law; an extrapolation outside the runs
 * @param estimates the fitted coefficients and their 95 % intervals
 * @param deviation of a measured logarithm from the law: the root of the sum of squares over degrees of freedom
 */
public record LeverageFit(Runs runs, LeverageLaw law, Map<Coefficient, Estimate> estimates, double deviation) {
    /** Small parts, so that intervals of exact runs are found as well; the way doubles. */
    private static final double FIRST_STEP = 1e-3;

    /** Keeps the estimates from changes. */
    public LeverageFit {
        estimates = Collections.unmodifiableMap(new EnumMap<>(estimates));
    }

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
            throw new WorkFailure(runs.source() + ": no run has an activation below 1, so there is no leverage to "
                    + "fit; add runs of models with a Mixture of Experts.");
        }
        if (runs.measure() == Measure.LOSS && Runs.different(runs.ofDense(true), Setting::compute) < 2) {
            throw new WorkFailure(runs.source() + ": leverage is measured against the losses of dense models, and "
                    + "there are none of two budgets; add runs with activation 1.");
        }
        List<Coefficient> free = free(runs.measure(), sparse);
        int degrees = runs.runs().size() - free.size();
        if (degrees < 1) {
            throw new WorkFailure(runs.source() + ": " + runs.runs().size() + " runs vary what determines "
                    + free.size() + " coefficients, expected at least " + (free.size() + 1) + " runs.");
        }
        return fit(runs, new SeparableProblem(runs, free), free, degrees);
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

    private static LeverageFit fit(Runs runs, SeparableProblem problem, List<Coefficient> free, int degrees) {
        double place = problem.bestPlace();
        LinearLeastSquares system = problem.system(place);
        if (system.isDependent()) {
            throw new WorkFailure(runs.source() + ": the runs do not tell the coefficients of the law apart; vary "
                    + "activation, granularity and compute independently of each other.");
        }
        Map<Coefficient, Double> values = problem.values(system.solution());
        requireFalling(runs, values.getOrDefault(Coefficient.LOSS_EXPONENT, -1.0));
        double deviation = Math.sqrt(system.residual() / degrees);
        ProfileInterval interval = ProfileInterval.of(system.residual(), degrees);
        Map<Coefficient, Estimate> estimates = new EnumMap<>(Coefficient.class);
        for (Coefficient each : free) {
            estimates.put(each, each == Coefficient.START
                    ? start(problem, interval, place) : estimate(problem, interval, each, values.get(each)));
        }
        double start = problem.start(place);
        return new LeverageFit(runs, new LeverageLaw(values.get(Coefficient.A),
                values.getOrDefault(Coefficient.D, 0.0), values.getOrDefault(Coefficient.GAMMA, 0.0),
                values.getOrDefault(Coefficient.BETA, 0.0), start, Double.POSITIVE_INFINITY), estimates, deviation);
    }

    private static Estimate estimate(
            SeparableProblem problem, ProfileInterval interval, Coefficient coefficient, double best) {
        DoubleUnaryOperator profile = value -> problem.profile(coefficient, value);
        double step = FIRST_STEP * (Math.abs(best) + FIRST_STEP);
        Estimate found = new Estimate(best, interval.end(profile, best, -step, Double.NEGATIVE_INFINITY),
                interval.end(profile, best, step, Double.POSITIVE_INFINITY));
        return coefficient == Coefficient.LOSS_COEFFICIENT ? found.exponential() : found;
    }

    private static Estimate start(SeparableProblem problem, ProfileInterval interval, double place) {
        DoubleUnaryOperator profile = there -> SeparableProblem.residual(problem.system(there));
        return new Estimate(problem.start(place), problem.start(interval.end(profile, place, -FIRST_STEP, 0)),
                problem.start(interval.end(profile, place, FIRST_STEP, 1)));
    }

    /** No other compute gives the same loss when it does not fall. */
    private static void requireFalling(Runs runs, double exponent) {
        if (!(exponent < 0)) {
            throw new WorkFailure(runs.source() + ": the loss does not fall with compute (its power is " + exponent
                    + "), so leverage has no meaning; train with budgets farther apart.");
        }
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
