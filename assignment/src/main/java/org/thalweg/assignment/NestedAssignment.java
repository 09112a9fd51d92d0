package org.thalweg.assignment;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Assignment over a wreath product: groups may change places as wholes, and members within each group (experts under
 * group-limited routing; heads that share keys); to any depth.
 *
 * <p>Optimises {@code sum over i of cost[i][p(i)]} over the permutations p that carry each group of rows onto one group
 * of columns. For every pair of groups the inner problem is solved; its optimum is the entry of the outer problem over
 * groups. Exact, because the choice within a pair of groups does not depend on the other pairs; the outer problem is
 * solved in double, so nothing is rounded to float on the way.
 *
 * <p>Time: {@code g²} inner problems of size {@code k}, one outer of size {@code g}, and {@code g} inner ones again to
 * read off the members. Memory: one block of {@code k²} entries and one outer matrix per level. Deterministic; the
 * input is not changed.
 */
public final class NestedAssignment {
    /**
     * The answer.
     *
     * @param columnOfRow {@code [n]} the column of each row
     * @param cost the sum of the chosen entries
     * @param dualityGap bounds the distance to the optimum: the outer gap and the largest inner gap of each group
     */
    public record Solution(int[] columnOfRow, double cost, double dualityGap) {
        /** Copies the array. */
        public Solution {
            columnOfRow = columnOfRow.clone();
        }

        /**
         * The column of each row.
         *
         * @return {@code [n]} a copy
         */
        @Override
        public int[] columnOfRow() {
            return columnOfRow.clone();
        }
    }

    /** An optimum over one pair of blocks, minimised, columns counted from the block's first. */
    private record Inner(int[] columnOf, double cost, double gap) {}

    private final AssignmentProblem problem;
    private final int[] factors;
    private final AssignmentSolver solver = new AssignmentSolver();

    private NestedAssignment(AssignmentProblem problem, int[] factors) {
        this.problem = problem;
        this.factors = factors;
    }

    /**
     * Solves a problem over groups of groups of contiguous rows and columns.
     *
     * @param problem {@code [n n]} the entries; not changed
     * @param factors the members of an innermost group, then how many of these make the next group, and so on; their
     *     product is n. {@code (32, 8)} are 8 groups of 32
     * @return an optimal assignment with its certificate
     * @throws IllegalArgumentException when the problem is not square, the factors do not multiply to its size, or an
     *     entry is bad
     * @throws InfeasibleAssignmentException when forbidden pairs leave no assignment of this kind
     */
    public static Solution solve(AssignmentProblem problem, int... factors) {
        long product = Arrays.stream(factors).asLongStream().reduce(1, (a, b) -> Math.min(a * b, Integer.MAX_VALUE));
        boolean positive = Arrays.stream(factors).allMatch(f -> f > 0);
        if (!positive || factors.length == 0 || product != problem.rows() || problem.rows() != problem.columns()) {
            throw new IllegalArgumentException("groups of sizes " + Arrays.toString(factors) + " do not divide "
                    + problem.rows() + " rows and " + problem.columns()
                    + " columns; the factors must be positive and multiply to both.");
        }
        NestedAssignment nested = new NestedAssignment(problem, factors.clone());
        Inner whole = nested.solve(factors.length - 1, 0, 0);
        return new Solution(whole.columnOf, problem.objective().sign() * whole.cost + 0.0, whole.gap);
    }

    private Inner solve(int level, int firstRow, int firstColumn) {
        if (level == 0) {
            Assignment leaf = solver.solve(block(firstRow, firstColumn));
            return new Inner(leaf.columnOfRow(), problem.objective().sign() * leaf.cost(), leaf.dualityGap());
        }
        int groups = factors[level];
        int size = 1;
        for (int k = 0; k < level; k++) {
            size *= factors[k];
        }
        double[][] costs = new double[groups][groups];
        double gap = 0;
        for (int a = 0; a < groups; a++) {
            double largest = 0;
            for (int b = 0; b < groups; b++) {
                try {
                    Inner inner = solve(level - 1, firstRow + a * size, firstColumn + b * size);
                    costs[a][b] = inner.cost;
                    largest = Math.max(largest, inner.gap);
                } catch (InfeasibleAssignmentException pairOfGroupsForbidden) {
                    costs[a][b] = Double.POSITIVE_INFINITY;
                }
            }
            gap += largest;
        }
        Assignment outer = solver.solve(CostRows.of(AssignmentProblem.minimize(costs), "groups"), new double[0]);
        int[] groupOf = outer.columnOfRow();
        int[] columnOf = new int[groups * size];
        for (int a = 0; a < groups; a++) {
            int b = groupOf[a];
            int[] members = solve(level - 1, firstRow + a * size, firstColumn + b * size).columnOf;
            for (int k = 0; k < size; k++) {
                columnOf[a * size + k] = b * size + members[k];
            }
        }
        return new Inner(columnOf, outer.cost(), gap + outer.dualityGap());
    }

    private AssignmentProblem block(int firstRow, int firstColumn) {
        return problem.select(IntStream.range(firstRow, firstRow + factors[0]).toArray(),
                IntStream.range(firstColumn, firstColumn + factors[0]).toArray());
    }
}
