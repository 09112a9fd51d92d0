package org.thalweg.assignment;

/**
 * Solves dense assignment problems exactly. Keeps scratch between solves: one solver per thread.
 *
 * <p>The input is never changed. The answer depends on the input only.
 */
public final class AssignmentSolver {
    private final DenseAugmentation dense = new DenseAugmentation();

    /** A solver without scratch yet; the first solve makes it. */
    public AssignmentSolver() {}

    /**
     * An optimal assignment.
     *
     * @param problem {@code [m n]} the entries; not changed
     * @return the assignment of {@code min(m, n)} pairs with its certificate
     * @throws IllegalArgumentException when an entry is NaN or the infinity that does not forbid, with its position
     * @throws InfeasibleAssignmentException when the forbidden pairs leave no complete assignment
     */
    public Assignment solve(AssignmentProblem problem) {
        return solve(problem, new double[0]);
    }

    /**
     * An optimal assignment, found sooner when a similar problem was solved before.
     *
     * @param problem {@code [m n]} the entries; not changed
     * @param warmColumnDuals {@code [n]} the column duals of the similar problem, or empty to start cold; any finite
     *     values lead to an optimum; rectangular problems do not use them
     * @return the assignment with its certificate
     * @throws IllegalArgumentException when an entry is bad, as above, or the duals are not {@code n} finite numbers
     * @throws InfeasibleAssignmentException when the forbidden pairs leave no complete assignment
     */
    public Assignment solve(AssignmentProblem problem, double[] warmColumnDuals) {
        checkWarmStart(problem, warmColumnDuals);
        CostRows cost = new CostRows(problem);
        Matching matching = new Matching(cost.rows, cost.columns);
        for (int i = 0; i < cost.rows; i++) {
            cost.refuseBadEntry(i);
        }
        dense.matchAll(cost, matching);
        return Certificate.of(cost, matching, problem.objective());
    }

    private static void checkWarmStart(AssignmentProblem problem, double[] warmColumnDuals) {
        if (warmColumnDuals.length == 0) {
            return;
        }
        if (warmColumnDuals.length != problem.columns()) {
            throw new IllegalArgumentException("the warm start has " + warmColumnDuals.length
                    + " column duals where the problem has " + problem.columns() + " columns.");
        }
        for (int j = 0; j < warmColumnDuals.length; j++) {
            if (!Double.isFinite(warmColumnDuals[j])) {
                throw new IllegalArgumentException("the warm start holds " + warmColumnDuals[j] + " for column " + j
                        + "; column duals must be finite.");
            }
        }
    }
}
