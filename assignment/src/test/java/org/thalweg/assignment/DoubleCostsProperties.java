package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Costs that floats do not hold: solved as they are, certified as they are. */
class DoubleCostsProperties {
    private final AssignmentSolver solver = new AssignmentSolver();
    private final AssignmentSolver byLists = new AssignmentSolver(1, 1);
    private final AssignmentSolver byListsThenRows = new AssignmentSolver(1, Integer.MAX_VALUE);

    @Property(tries = 500)
    void integersOfAnySizeThatDoublesHoldGiveTheExactOptimum(@ForAll @IntRange(min = 1, max = 90) int rows,
            @ForAll @IntRange(min = 0, max = 20) int more, @ForAll @IntRange(min = 25, max = 52) int bits,
            @ForAll long seed) {
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

    @Property(tries = 200)
    void smallIntegersAtALargeOffsetEqualExhaustiveSearch(@ForAll @IntRange(min = 1, max = 6) int n,
            @ForAll @IntRange(min = 24, max = 52) int bits, @ForAll long seed) {
        double[][] cost = nearPowerOfTwo(n, n, bits, seed);
        Assignment answer = solver.solve(AssignmentProblem.minimize(cost));
        double[][] small = fill(n, n, (i, j) -> cost[i][j] - (1L << bits));
        assertThat(sum(small, answer.columnOfRow()))
                .isEqualTo(ReferenceSolver.exhaustive(new CostMatrix.Doubles(small), 0, 0));
    }

    @Property(tries = 600)
    void everyFamilyWithAllDigitsOfADoubleEqualsTheTextbook(@ForAll MatrixFamily family,
            @ForAll @IntRange(min = 1, max = 150) int rows, @ForAll @IntRange(min = 1, max = 150) int columns,
            @ForAll boolean largest, @ForAll long seed) {
        float[][] rounded = family.make(rows, columns, seed);
        Random random = new Random(seed);
        double[][] cost = fill(rows, columns, (i, j) -> rounded[i][j] * (1 + 1e-3 * random.nextDouble()));
        double best = ReferenceSolver.optimum(new CostMatrix.Doubles(cost));
        Assume.that(best < Double.POSITIVE_INFINITY);
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
    }

    @Property(tries = 200)
    void floatsGiveTheSameAnswerInBothKinds(@ForAll MatrixFamily family,
            @ForAll @IntRange(min = 1, max = 200) int rows, @ForAll @IntRange(min = 1, max = 200) int columns,
            @ForAll long seed) {
        float[][] single = family.make(rows, columns, seed);
        Assume.that(ReferenceSolver.optimum(single) < Double.POSITIVE_INFINITY);
        Assignment ofFloats = byLists.solve(AssignmentProblem.maximize(negative(single)));
        double[][] same = fill(rows, columns, (i, j) -> -single[i][j]);
        Assignment ofDoubles = byLists.solve(AssignmentProblem.maximize(same));
        assertThat(ofDoubles.columnOfRow()).isEqualTo(ofFloats.columnOfRow());
        assertThat(ofDoubles.cost()).isEqualTo(ofFloats.cost());
        assertThat(ofDoubles.columnDuals()).isEqualTo(ofFloats.columnDuals());
        assertThat(ofDoubles.dualityGap()).isEqualTo(ofFloats.dualityGap());
    }

    @Property(tries = 100)
    void structuredProblemsRoundNothingEither(@ForAll @IntRange(min = 1, max = 3) int members,
            @ForAll @IntRange(min = 1, max = 4) int groups, @ForAll long seed) {
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

    @Example
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

    @Example
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
