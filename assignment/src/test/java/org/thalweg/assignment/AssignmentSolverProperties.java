package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentSolverProperties {
    private final AssignmentSolver solver = new AssignmentSolver();
    private final AssignmentSolver byLists = new AssignmentSolver(1, 1);
    private final AssignmentSolver byListsThenRows = new AssignmentSolver(1, Integer.MAX_VALUE);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void equalsTheTextbookOnEveryFamily(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit = 7; limit <= 70; limit += 7) {
            for (MatrixFamily family : MatrixFamily.values()) {
                int rows = random.nextInt(1, limit + 1);
                int more = Math.max(0, random.nextInt(-20, 21));
                assertOptimal(family.make(rows, rows + more, random.nextLong()));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void equalsTheTextbookOnTallMatrices(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit : new int[] {5, 50}) {
            for (MatrixFamily family : MatrixFamily.values()) {
                int columns = random.nextInt(1, limit + 1);
                assertOptimal(family.make(columns + random.nextInt(1, 41), columns, random.nextLong()));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void equalsTheTextbookWhereTheListsMatter(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (MatrixFamily family : MatrixFamily.values()) {
            int rows = random.nextInt(100, 261);
            assertOptimal(family.make(rows, rows + random.nextInt(2) * 17, random.nextLong()));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void equalsExhaustiveSearch(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int rows = 1; rows <= 6; rows++) {
            for (MatrixFamily family : MatrixFamily.values()) {
                float[][] cost = feasible(family, rows, rows + random.nextInt(2), random);
                double best = ReferenceSolver.exhaustive(cost, 0, 0);
                assertThat(solver.solve(AssignmentProblem.minimize(cost)).cost())
                        .isCloseTo(best, within(1e-12 * AssignmentChecks.scale(cost)));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shiftsOfRowsAndColumnsKeepTheAssignmentOptimal(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit = 5; limit <= 90; limit += 5) {
            int n = random.nextInt(1, limit + 1);
            float[][] cost = MatrixFamily.FEW_VALUES.make(n, n, random.nextLong());
            double before = solver.solve(AssignmentProblem.minimize(cost)).cost();
            // Small integers, so that the shifted floats are exact.
            float[][] shifted = MatrixFamily.fill(n, n, (i, j) -> cost[i][j] + i % 13 - j % 7);
            double shift = 0;
            for (int k = 0; k < n; k++) {
                shift += k % 13 - k % 7;
            }
            assertThat(solver.solve(AssignmentProblem.minimize(shifted)).cost()).isEqualTo(before + shift);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void maximisingEqualsMinimisingTheNegative(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit : new int[] {10, 120}) {
            for (MatrixFamily family : MatrixFamily.values()) {
                int rows = random.nextInt(1, limit + 1);
                int columns = random.nextInt(1, limit + 1);
                float[][] cost = feasible(family, rows, columns, random);
                float[][] gain = MatrixFamily.fill(rows, columns, (i, j) -> -cost[i][j]);
                AssignmentProblem problem = AssignmentProblem.maximize(gain);
                Assignment answer = solver.solve(problem);
                assertThat(answer.cost()).isCloseTo(-byLists.solve(AssignmentProblem.minimize(cost)).cost(),
                        within(1e-12 * AssignmentChecks.scale(cost)));
                AssignmentChecks.assertCertified(problem, answer);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyWarmStartLeadsToTheOptimum(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit : new int[] {10, 50, 130}) {
            for (MatrixFamily family : MatrixFamily.values()) {
                int rows = random.nextInt(1, limit + 1);
                float[][] cost = feasible(family, rows, rows + random.nextInt(2), random);
                double best = ReferenceSolver.optimum(cost);
                double[] warm = new double[cost[0].length];
                float[][] similar = family.make(rows, warm.length, random.nextLong());
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
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theInputIsNeverChanged(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit : new int[] {10, 150}) {
            for (MatrixFamily family : MatrixFamily.values()) {
                int n = random.nextInt(1, limit + 1);
                float[][] cost = family.make(n, n, random.nextLong());
                int before = Arrays.deepHashCode(cost);
                try {
                    solver.solve(AssignmentProblem.minimize(cost));
                } catch (InfeasibleAssignmentException allowedHere) {
                    assertThat(ReferenceSolver.optimum(cost)).isInfinite();
                }
                assertThat(Arrays.deepHashCode(cost)).isEqualTo(before);
            }
        }
    }

    /** The first drawn matrix that has a complete assignment; every family has some of each shape. */
    private static float[][] feasible(MatrixFamily family, int rows, int columns, SplittableRandom random) {
        float[][] cost;
        do {
            cost = family.make(rows, columns, random.nextLong());
        } while (ReferenceSolver.optimum(cost) == Double.POSITIVE_INFINITY);
        return cost;
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
