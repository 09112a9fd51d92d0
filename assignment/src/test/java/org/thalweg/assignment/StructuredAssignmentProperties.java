package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredAssignmentProperties {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void nestedEqualsBruteForceOverTheWreathProduct(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int members = 1; members <= 3; members++) {
            for (int groups = 1; groups <= 4; groups++) {
                int n = members * groups;
                float[][] cost = MatrixFamily.GAUSSIAN_PRODUCT.make(n, n, random.nextLong());
                NestedAssignment.Solution answer =
                        NestedAssignment.solve(AssignmentProblem.minimize(cost), members, groups);
                double best = Double.POSITIVE_INFINITY;
                for (int[] outer : permutations(groups)) {
                    best = Math.min(best, bestWithin(cost, members, outer));
                }
                assertThat(answer.cost()).isCloseTo(best, within(1e-9));
                assertThat(answer.dualityGap()).isBetween(0.0, 1e-9);
                assertRespectsGroups(answer.columnOfRow(), members);
                assertThat(sum(cost, answer.columnOfRow())).isCloseTo(best, within(1e-9));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void groupsOfGroupsEqualNestingByHand(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int draw = 0; draw < 6; draw++) {
            float[][] cost = MatrixFamily.UNIFORM.make(12, 12, random.nextLong());
            AssignmentProblem problem =
                    draw % 2 == 0 ? AssignmentProblem.minimize(cost) : AssignmentProblem.maximize(cost);
            NestedAssignment.Solution answer = NestedAssignment.solve(problem, 2, 3, 2);
            double sign = problem.objective().sign();
            double best = Double.POSITIVE_INFINITY;
            for (int[] outer : permutations(2)) {
                double both = 0;
                for (int half = 0; half < 2; half++) {
                    int rows = 6 * half;
                    int columns = 6 * outer[half];
                    float[][] quarter = MatrixFamily.fill(6, 6, (i, j) -> (float) sign * cost[rows + i][columns + j]);
                    both += NestedAssignment.solve(AssignmentProblem.minimize(quarter), 2, 3).cost();
                }
                best = Math.min(best, both);
            }
            assertThat(sign * answer.cost()).isCloseTo(best, within(1e-9));
            assertRespectsGroups(answer.columnOfRow(), 6);
            assertRespectsGroups(answer.columnOfRow(), 2);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void classesEqualOneProblemWithForbiddenPairs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit : new int[] {4, 12, 40}) {
            for (int classes = 1; classes <= 5; classes++) {
                int n = random.nextInt(1, limit + 1);
                float[][] cost = MatrixFamily.GAUSSIAN_PRODUCT.make(n, n, random.nextLong());
                int[] ofRow = new int[n];
                int[] ofColumn = new int[n];
                for (int k = 0; k < n; k++) {
                    ofRow[k] = k % classes - 1;
                    ofColumn[n - 1 - k] = ofRow[k];
                }
                BlockDiagonalAssignment.Solution answer =
                        BlockDiagonalAssignment.solve(AssignmentProblem.minimize(cost), ofRow, ofColumn);
                float[][] whole = MatrixFamily.fill(n, n,
                        (i, j) -> ofRow[i] == ofColumn[j] ? cost[i][j] : Float.POSITIVE_INFINITY);
                assertThat(answer.cost()).isCloseTo(ReferenceSolver.optimum(whole), within(1e-9));
                assertThat(sum(whole, answer.columnOfRow())).isCloseTo(answer.cost(), within(1e-9));
                assertThat(answer.dualityGap()).isBetween(0.0, 1e-9);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aSumOfProblemsIsSolvedAsTheirSum(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int limit = 3; limit <= 30; limit += 3) {
            int n = random.nextInt(1, limit + 1);
            float[][] first = MatrixFamily.FEW_VALUES.make(n, n + 1, random.nextLong());
            float[][] second = MatrixFamily.FEW_VALUES.make(n, n + 1, random.nextLong());
            AssignmentProblem both = SummedAssignment.of(
                    List.of(AssignmentProblem.minimize(first), AssignmentProblem.minimize(second)));
            float[][] sum = MatrixFamily.fill(n, n + 1, (i, j) -> first[i][j] + second[i][j]);
            assertThat(new AssignmentSolver().solve(both).cost()).isEqualTo(ReferenceSolver.optimum(sum));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void batchesDoNotDependOnTheNumberOfThreads(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int problems : new int[] {0, 1, 5, 12}) {
            List<AssignmentProblem> work = new ArrayList<>();
            for (int k = 0; k < problems; k++) {
                int n = 5 + 30 * (k % 5);
                work.add(AssignmentProblem.minimize(MatrixFamily.DEAD_UNITS.make(n, n, random.nextLong())));
            }
            List<Assignment> alone = AssignmentBatch.solve(work, 1);
            List<Assignment> together = AssignmentBatch.solve(work, 3);
            for (int k = 0; k < problems; k++) {
                assertThat(together.get(k).columnOfRow()).isEqualTo(alone.get(k).columnOfRow());
                assertThat(together.get(k).columnDuals()).isEqualTo(alone.get(k).columnDuals());
                assertThat(together.get(k).cost()).isEqualTo(new AssignmentSolver().solve(work.get(k)).cost());
            }
        }
    }

    private static double bestWithin(float[][] cost, int members, int[] outer) {
        double sum = 0;
        for (int group = 0; group < outer.length; group++) {
            int rows = group * members;
            int columns = outer[group] * members;
            sum += ReferenceSolver.exhaustive(
                    MatrixFamily.fill(members, members, (i, j) -> cost[rows + i][columns + j]), 0, 0);
        }
        return sum;
    }

    private static void assertRespectsGroups(int[] columnOf, int members) {
        for (int i = 0; i < columnOf.length; i++) {
            assertThat(columnOf[i] / members).isEqualTo(columnOf[i - i % members] / members);
        }
    }

    private static double sum(float[][] cost, int[] columnOf) {
        double sum = 0;
        for (int i = 0; i < columnOf.length; i++) {
            sum += cost[i][columnOf[i]];
        }
        return sum;
    }

    private static List<int[]> permutations(int n) {
        List<int[]> found = new ArrayList<>();
        extend(found, new int[n], 0, 0);
        return found;
    }

    private static void extend(List<int[]> found, int[] image, int length, int used) {
        if (length == image.length) {
            found.add(image.clone());
            return;
        }
        for (int j = 0; j < image.length; j++) {
            if ((used & 1 << j) == 0) {
                image[length] = j;
                extend(found, image, length + 1, used | 1 << j);
            }
        }
    }
}
