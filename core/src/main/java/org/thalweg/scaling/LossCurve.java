package org.thalweg.scaling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the loss of one kind of model falls with compute, L = alpha C^(-beta), by least squares of the logarithms: the
 * first step of arXiv 2507.17702 (Section 3), which leaves open how leverage depends on anything.
 *
 * @param activation A of the runs
 * @param granularity G of the runs; that of the first for dense models, which have none
 * @param runs how many there are
 * @param most their largest compute in FLOPs
 * @param loss from compute to loss
 */
public record LossCurve(double activation, double granularity, int runs, double most, PowerLaw loss) {
    private record Kind(double activation, double granularity) {
        static Kind of(Setting setting) {
            return setting.isDense() ? new Kind(1, 1) : new Kind(setting.activation(), setting.granularity());
        }
    }

    /**
     * The curve of every kind of model that was trained with at least two budgets.
     *
     * @param runs runs of which the loss was measured
     * @return in the order of the runs
     */
    public static List<LossCurve> of(Runs runs) {
        Map<Kind, List<Run>> kinds = new LinkedHashMap<>();
        runs.runs().forEach(run -> kinds.computeIfAbsent(Kind.of(run.setting()), _ -> new ArrayList<>()).add(run));
        return kinds.values().stream().filter(kind -> Runs.different(kind, Setting::compute) > 1)
                .map(LossCurve::ofOneKind).toList();
    }

    private static LossCurve ofOneKind(List<Run> runs) {
        double[][] rows = runs.stream().map(run -> new double[] {1, Math.log(run.setting().compute())})
                .toArray(double[][]::new);
        double[] solution = LinearLeastSquares.of(rows,
                runs.stream().mapToDouble(run -> Math.log(run.measured())).toArray()).solution();
        Setting first = runs.getFirst().setting();
        return new LossCurve(first.activation(), first.granularity(), runs.size(),
                runs.stream().mapToDouble(run -> run.setting().compute()).max().orElseThrow(),
                new PowerLaw(Math.exp(solution[0]), solution[1]));
    }

    /**
     * The leverage of models of this kind over others.
     *
     * @param dense the others' curve; its loss falls
     * @param compute C of this kind, in FLOPs
     * @return how many times the compute the others take for the loss that this kind has at C
     */
    public double leverageOver(LossCurve dense, double compute) {
        return dense.loss().inverse(loss.at(compute)) / compute;
    }
}
