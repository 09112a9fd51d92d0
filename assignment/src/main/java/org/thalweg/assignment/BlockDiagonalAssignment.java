package org.thalweg.assignment;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Assignment where rows and columns have classes that may not mix: heads that share a key, units of different kinds.
 *
 * <p>The problem falls apart into one per class, each solved exactly on a copy of its block; so the memory is that of
 * the largest block, and the time the sum over the blocks, not that of a matrix with forbidden pairs. Deterministic;
 * the input is not changed.
 */
public final class BlockDiagonalAssignment {
    /**
     * The answer: an optimal assignment within the classes.
     *
     * @param columnOfRow {@code [m]} the column of each row
     * @param cost the sum of the chosen entries
     * @param dualityGap the sum of the blocks' gaps, which bounds the distance to the optimum
     */
    public record Solution(int[] columnOfRow, double cost, double dualityGap) {
        /** Copies the array. */
        public Solution {
            columnOfRow = columnOfRow.clone();
        }

        /**
         * The column of each row.
         *
         * @return {@code [m]} a copy
         */
        @Override
        public int[] columnOfRow() {
            return columnOfRow.clone();
        }
    }

    private BlockDiagonalAssignment() {}

    /**
     * Solves class by class.
     *
     * @param problem {@code [n n]} the entries; those between classes are never looked at
     * @param classOfRow {@code [n]} any numbers
     * @param classOfColumn {@code [n]} the same numbers equally often
     * @return the best assignment of each row to a column of its class
     * @throws IllegalArgumentException when the lengths differ or a class has more rows than columns or fewer, or an
     *     entry is bad
     * @throws InfeasibleAssignmentException when forbidden pairs leave no complete assignment
     */
    public static Solution solve(AssignmentProblem problem, int[] classOfRow, int[] classOfColumn) {
        if (classOfRow.length != problem.rows() || classOfColumn.length != problem.columns()) {
            throw new IllegalArgumentException("classes are given for " + classOfRow.length + " rows and "
                    + classOfColumn.length + " columns where the problem has " + problem.rows() + " and "
                    + problem.columns() + ".");
        }
        TreeMap<Integer, int[]> rows = members(classOfRow);
        TreeMap<Integer, int[]> columns = members(classOfColumn);
        for (int name : columns.keySet()) {
            rows.putIfAbsent(name, new int[0]);
        }
        AssignmentSolver solver = new AssignmentSolver();
        int[] columnOfRow = new int[problem.rows()];
        CompensatedSum cost = new CompensatedSum();
        CompensatedSum gap = new CompensatedSum();
        rows.forEach((name, of) -> {
            int[] to = columns.getOrDefault(name, new int[0]);
            if (of.length != to.length) {
                throw new IllegalArgumentException("class " + name + " has " + of.length + " rows and " + to.length
                        + " columns; a class that may not mix needs equally many.");
            }
            Assignment inner = solver.solve(problem.select(of, to));
            int[] chosen = inner.columnOfRow();
            for (int k = 0; k < of.length; k++) {
                columnOfRow[of[k]] = to[chosen[k]];
            }
            cost.add(inner.cost());
            gap.add(inner.dualityGap());
        });
        return new Solution(columnOfRow, cost.value(), gap.value());
    }

    private static TreeMap<Integer, int[]> members(int[] classes) {
        TreeMap<Integer, int[]> members = new TreeMap<>();
        int[] order = IntStream.range(0, classes.length).boxed()
                .sorted(Comparator.comparingInt((Integer k) -> classes[k])).mapToInt(k -> k).toArray();
        for (int from = 0; from < order.length;) {
            int to = from;
            while (to < order.length && classes[order[to]] == classes[order[from]]) {
                to++;
            }
            members.put(classes[order[from]], Arrays.copyOfRange(order, from, to));
            from = to;
        }
        return members;
    }
}
