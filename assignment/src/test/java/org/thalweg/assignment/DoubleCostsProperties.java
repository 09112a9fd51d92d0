package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Costs that floats do not hold: solved as they are, certified as they are. */
class DoubleCostsProperties {
    private final AssignmentSolver solver = new AssignmentSolver();
    private final AssignmentSolver byLists = new AssignmentSolver(1, 1);
    private final AssignmentSolver byListsThenRows = new AssignmentSolver(1, Integer.MAX_VALUE);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void integersOfAnySizeThatDoublesHoldGiveTheExactOptimum(long of) {
        SplittableRandom random = new SplittableRandom(of);
        for (int attempt = 0; attempt < 50; attempt++) {
            integersOfAnySizeThatDoublesHoldGiveTheExactOptimumOnce(random, attempt);
        }
    }

    private void integersOfAnySizeThatDoublesHoldGiveTheExactOptimumOnce(SplittableRandom random, int attempt) {
        int rows = random.nextInt(1, Math.min(91, 2 + attempt * 11));
        int more = random.nextInt(0, Math.min(21, 1 + attempt * 2));
        int bits = random.nextInt(25, 53);
        long seed = random.nextLong();
        double[][] cost = nearPowerOfTwo(rows, rows + more, bits, seed);
        long offset = 1L << bits;
        // The offset taken away, all numbers are small integers, whose sums no arithmetic rounds.
        double[][] small = fill(rows, rows + more, (i, j) -> cost[i][j] - offset);
        double best = ReferenceSolver.optimum(new CostMatrix.Doubles(small));
        for (AssignmentSolver method : List.of(solver, byLists, byListsThenRows)) {
            Assignment answer = method.solve(AssignmentProblem.minimize(cost));
            assertThat(sum(small, answer.columnOfRow())).isEqualTo(best);
            assertThat(answer.dualityGap()).isZero();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void smallIntegersAtALargeOffsetEqualExhaustiveSearch(long of) {
        SplittableRandom random = new SplittableRandom(of);
        for (int attempt = 0; attempt < 20; attempt++) {
            smallIntegersAtALargeOffsetEqualExhaustiveSearchOnce(random, attempt);
        }
    }

    private void smallIntegersAtALargeOffsetEqualExhaustiveSearchOnce(SplittableRandom random, int attempt) {
        int n = random.nextInt(1, Math.min(7, 2 + attempt * 1));
        int bits = random.nextInt(24, 53);
        long seed = random.nextLong();
        double[][] cost = nearPowerOfTwo(n, n, bits, seed);
        Assignment answer = solver.solve(AssignmentProblem.minimize(cost));
        double[][] small = fill(n, n, (i, j) -> cost[i][j] - (1L << bits));
        assertThat(sum(small, answer.columnOfRow()))
                .isEqualTo(ReferenceSolver.exhaustive(new CostMatrix.Doubles(small), 0, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyFamilyWithAllDigitsOfADoubleEqualsTheTextbook(long of) {
        SplittableRandom random = new SplittableRandom(of);
        for (int attempt = 0, done = 0; done < 60; attempt++) {
            // A family may draw a matrix without a feasible assignment; another one is drawn then.
            done += everyFamilyWithAllDigitsOfADoubleEqualsTheTextbookOnce(random, attempt) ? 1 : 0;
        }
    }

    private boolean everyFamilyWithAllDigitsOfADoubleEqualsTheTextbookOnce(SplittableRandom random, int attempt) {
        MatrixFamily family = MatrixFamily.values()[random.nextInt(MatrixFamily.values().length)];
        int rows = random.nextInt(1, Math.min(151, 2 + attempt * 18));
        int columns = random.nextInt(1, Math.min(151, 2 + attempt * 18));
        boolean largest = random.nextBoolean();
        long seed = random.nextLong();
        float[][] rounded = family.make(rows, columns, seed);
        Random digits = new Random(seed);
        double[][] cost = fill(rows, columns, (i, j) -> rounded[i][j] * (1 + 1e-3 * digits.nextDouble()));
        double best = ReferenceSolver.optimum(new CostMatrix.Doubles(cost));
        if (best == Double.POSITIVE_INFINITY) {
            return false;
        }
        double sign = largest ? -1 : 1;
        double[][] signed = fill(rows, columns, (i, j) -> sign * cost[i][j]);
        AssignmentProblem problem =
                largest ? AssignmentProblem.maximize(signed) : AssignmentProblem.minimize(signed);
        for (AssignmentSolver method : List.of(solver, byLists, byListsThenRows)) {
            Assignment answer = method.solve(problem);
            AssignmentChecks.assertCertified(problem, answer);
            assertThat(sign * answer.cost())
                    .isCloseTo(best, within(1e-12 * AssignmentChecks.scale(problem.cost())));
        }
        return true;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void floatsGiveTheSameAnswerInBothKinds(long of) {
        SplittableRandom random = new SplittableRandom(of);
        for (int attempt = 0, done = 0; done < 20; attempt++) {
            // A family may draw a matrix without a feasible assignment; another one is drawn then.
            done += floatsGiveTheSameAnswerInBothKindsOnce(random, attempt) ? 1 : 0;
        }
    }

    private boolean floatsGiveTheSameAnswerInBothKindsOnce(SplittableRandom random, int attempt) {
        MatrixFamily family = MatrixFamily.values()[random.nextInt(MatrixFamily.values().length)];
        int rows = random.nextInt(1, Math.min(201, 2 + attempt * 24));
        int columns = random.nextInt(1, Math.min(201, 2 + attempt * 24));
        long seed = random.nextLong();
        float[][] single = family.make(rows, columns, seed);
        if (ReferenceSolver.optimum(single) == Double.POSITIVE_INFINITY) {
            return false;
        }
        Assignment ofFloats = byLists.solve(AssignmentProblem.maximize(negative(single)));
        double[][] same = fill(rows, columns, (i, j) -> -single[i][j]);
        Assignment ofDoubles = byLists.solve(AssignmentProblem.maximize(same));
        assertThat(ofDoubles.columnOfRow()).isEqualTo(ofFloats.columnOfRow());
        assertThat(ofDoubles.cost()).isEqualTo(ofFloats.cost());
        assertThat(ofDoubles.columnDuals()).isEqualTo(ofFloats.columnDuals());
        assertThat(ofDoubles.dualityGap()).isEqualTo(ofFloats.dualityGap());
        return true;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void structuredProblemsRoundNothingEither(long of) {
        SplittableRandom random = new SplittableRandom(of);
        for (int attempt = 0; attempt < 10; attempt++) {
            structuredProblemsRoundNothingEitherOnce(random, attempt);
        }
    }

    private void structuredProblemsRoundNothingEitherOnce(SplittableRandom random, int attempt) {
        int members = random.nextInt(1, 4);
        int groups = random.nextInt(1, 5);
        long seed = random.nextLong();
        int n = members * groups;
        double[][] cost = nearPowerOfTwo(n, n, 40, seed);
        double[][] small = fill(n, n, (i, j) -> cost[i][j] - (1L << 40));
        float[][] exact = MatrixFamily.fill(n, n, (i, j) -> (float) small[i][j]);
        int[] classes = IntStream.range(0, n).map(k -> k / members).toArray();
        AssignmentProblem large = AssignmentProblem.minimize(cost);
        AssignmentProblem reference = AssignmentProblem.minimize(exact);
        NestedAssignment.Solution nested = NestedAssignment.solve(large, members, groups);
        assertThat(sum(small, nested.columnOfRow()))
                .isEqualTo(NestedAssignment.solve(reference, members, groups).cost());
        assertThat(nested.dualityGap()).isZero();
        BlockDiagonalAssignment.Solution blocks = BlockDiagonalAssignment.solve(large, classes, classes);
        assertThat(sum(small, blocks.columnOfRow()))
                .isEqualTo(BlockDiagonalAssignment.solve(reference, classes, classes).cost());
        AssignmentProblem both = SummedAssignment.of(List.of(large, reference));
        assertThat(both.cost().at(0, 0)).isEqualTo(cost[0][0] + small[0][0]);
    }

    @Test
    void aBuilderKeepsFloatsUntilTheFirstEntryThatIsNone() {
        CostMatrix.Builder exact = new CostMatrix.Builder(2, 2);
        exact.set(0, 0, 0.5);
        exact.set(0, 1, Double.NaN);
        exact.set(1, 1, Double.NEGATIVE_INFINITY);
        assertThat(exact.matrix()).isInstanceOf(CostMatrix.Floats.class);
        CostMatrix.Builder wide = new CostMatrix.Builder(2, 2);
        wide.set(0, 0, 0.5);
        wide.set(1, 0, 0.1);
        wide.set(0, 1, 2);
        assertThat(((CostMatrix.Doubles) wide.matrix()).entries()).isDeepEqualTo(new double[][] {{0.5, 2}, {0.1, 0}});
    }

    @Test
    void numbersTooLargeToBeAddedUpAreNamed() {
        for (int n : new int[] {2, 130}) {
            double[][] cost = nearPowerOfTwo(n, n, 40, 1);
            cost[1][0] = 1e301;
            assertThatThrownBy(() -> solver.solve(AssignmentProblem.minimize(cost)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the cost matrix holds 1.0E301 at row 1, column 0, above 1.0E300, where sums may"
                            + " overflow; scale it down.");
        }
    }

    /** Integers up to 200 above a power of two. */
    private static double[][] nearPowerOfTwo(int rows, int columns, int bits, long seed) {
        Random random = new Random(seed);
        return fill(rows, columns, (i, j) -> (1L << bits) + random.nextInt(200));
    }

    private static float[][] negative(float[][] matrix) {
        return MatrixFamily.fill(matrix.length, matrix[0].length, (i, j) -> -matrix[i][j]);
    }

    private static double sum(double[][] cost, int[] columnOf) {
        return IntStream.range(0, columnOf.length).mapToDouble(i -> cost[i][columnOf[i]]).sum();
    }

    /** An entry of a matrix. */
    @FunctionalInterface
    private interface Entry {
        double at(int i, int j);
    }

    private static double[][] fill(int rows, int columns, Entry entry) {
        double[][] matrix = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix[i][j] = entry.at(i, j);
            }
        }
        return matrix;
    }
}
