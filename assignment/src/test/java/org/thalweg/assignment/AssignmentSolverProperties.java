package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AssignmentSolverProperties {
    private final AssignmentSolver solver = new AssignmentSolver();
    private final AssignmentSolver byLists = new AssignmentSolver(1, 1);
    private final AssignmentSolver byListsThenRows = new AssignmentSolver(1, Integer.MAX_VALUE);

    @Property(tries = 1500)
    void equalsTheTextbookOnEveryFamily(@ForAll MatrixFamily family, @ForAll @IntRange(min = 1, max = 70) int rows,
            @ForAll @IntRange(min = 0, max = 40) int more, @ForAll long seed) {
        assertOptimal(family.make(rows, rows + Math.max(0, more - 20), seed));
    }

    @Property(tries = 300)
    void equalsTheTextbookOnTallMatrices(@ForAll MatrixFamily family, @ForAll @IntRange(min = 1, max = 50) int columns,
            @ForAll @IntRange(min = 1, max = 40) int more, @ForAll long seed) {
        assertOptimal(family.make(columns + more, columns, seed));
    }

    @Property(tries = 150)
    void equalsTheTextbookWhereTheListsMatter(@ForAll MatrixFamily family,
            @ForAll @IntRange(min = 100, max = 260) int rows, @ForAll long seed) {
        assertOptimal(family.make(rows, rows + (int) (seed & 1) * 17, seed));
    }

    @Property(tries = 600)
    void equalsExhaustiveSearch(@ForAll MatrixFamily family, @ForAll @IntRange(min = 1, max = 6) int rows,
            @ForAll @IntRange(min = 0, max = 1) int more, @ForAll long seed) {
        float[][] cost = family.make(rows, rows + more, seed);
        double best = ReferenceSolver.exhaustive(cost, 0, 0);
        Assume.that(best < Double.POSITIVE_INFINITY);
        assertThat(solver.solve(AssignmentProblem.minimize(cost)).cost())
                .isCloseTo(best, within(1e-12 * AssignmentChecks.scale(cost)));
    }

    @Property(tries = 200)
    void shiftsOfRowsAndColumnsKeepTheAssignmentOptimal(@ForAll @IntRange(min = 1, max = 90) int n, @ForAll long seed) {
        float[][] cost = MatrixFamily.FEW_VALUES.make(n, n, seed);
        double before = solver.solve(AssignmentProblem.minimize(cost)).cost();
        // Small integers, so that the shifted floats are exact.
        float[][] shifted = MatrixFamily.fill(n, n, (i, j) -> cost[i][j] + i % 13 - j % 7);
        double shift = 0;
        for (int k = 0; k < n; k++) {
            shift += k % 13 - k % 7;
        }
        assertThat(solver.solve(AssignmentProblem.minimize(shifted)).cost()).isEqualTo(before + shift);
    }

    @Property(tries = 300)
    void maximisingEqualsMinimisingTheNegative(@ForAll MatrixFamily family,
            @ForAll @IntRange(min = 1, max = 120) int rows, @ForAll @IntRange(min = 1, max = 120) int columns,
            @ForAll long seed) {
        float[][] cost = family.make(rows, columns, seed);
        Assume.that(ReferenceSolver.optimum(cost) < Double.POSITIVE_INFINITY);
        float[][] gain = MatrixFamily.fill(rows, columns, (i, j) -> -cost[i][j]);
        AssignmentProblem problem = AssignmentProblem.maximize(gain);
        Assignment answer = solver.solve(problem);
        assertThat(answer.cost()).isCloseTo(-byLists.solve(AssignmentProblem.minimize(cost)).cost(),
                within(1e-12 * AssignmentChecks.scale(cost)));
        AssignmentChecks.assertCertified(problem, answer);
    }

    @Property(tries = 400)
    void anyWarmStartLeadsToTheOptimum(@ForAll MatrixFamily family, @ForAll @IntRange(min = 1, max = 130) int rows,
            @ForAll @IntRange(min = 0, max = 1) int more, @ForAll long seed) {
        float[][] cost = family.make(rows, rows + more, seed);
        double best = ReferenceSolver.optimum(cost);
        Assume.that(best < Double.POSITIVE_INFINITY);
        float[][] similar = family.make(rows, rows + more, seed + 1);
        double[] warm = new double[rows + more];
        for (int j = 0; j < warm.length; j++) {
            warm[j] = Float.isFinite(similar[0][j]) ? similar[0][j] : -1;
        }
        AssignmentProblem problem = AssignmentProblem.minimize(cost);
        Assignment first = byLists.solve(problem, warm);
        AssignmentChecks.assertCertified(problem, first);
        assertThat(first.cost()).isCloseTo(best, within(1e-12 * AssignmentChecks.scale(cost)));
        Assignment again = solver.solve(problem, first.columnDuals());
        AssignmentChecks.assertCertified(problem, again);
        assertThat(again.cost()).isCloseTo(best, within(1e-12 * AssignmentChecks.scale(cost)));
    }

    @Property(tries = 200)
    void theInputIsNeverChanged(@ForAll MatrixFamily family, @ForAll @IntRange(min = 1, max = 150) int n,
            @ForAll long seed) {
        float[][] cost = family.make(n, n, seed);
        int before = Arrays.deepHashCode(cost);
        try {
            solver.solve(AssignmentProblem.minimize(cost));
        } catch (InfeasibleAssignmentException allowedHere) {
            assertThat(ReferenceSolver.optimum(cost)).isInfinite();
        }
        assertThat(Arrays.deepHashCode(cost)).isEqualTo(before);
    }

    /** By each method, because the size alone would choose one. */
    private void assertOptimal(float[][] cost) {
        AssignmentProblem problem = AssignmentProblem.minimize(cost);
        double best = ReferenceSolver.optimum(cost);
        for (AssignmentSolver method : List.of(solver, byLists, byListsThenRows)) {
            if (best == Double.POSITIVE_INFINITY) {
                assertThat(catchThrowable(() -> method.solve(problem)))
                        .isInstanceOf(InfeasibleAssignmentException.class)
                        .hasMessageStartingWith("no complete assignment exists: ");
            } else {
                Assignment answer = method.solve(problem);
                AssignmentChecks.assertCertified(problem, answer);
                assertThat(answer.cost()).isCloseTo(best, within(1e-12 * AssignmentChecks.scale(cost)));
            }
        }
    }
}
