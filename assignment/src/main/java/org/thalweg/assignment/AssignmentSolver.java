package org.thalweg.assignment;

/**
 * Solves dense assignment problems exactly, and proves it.
 *
 * <p><b>Problem.</b> Choose {@code min(m, n)} pairs (row, column), no row and no column twice, of the smallest (or
 * largest) sum of entries. <b>Method.</b> Dual ascent with lazily read rows:
 * <ol>
 *   <li>Fewer than {@value #SMALL} rows: shortest augmenting paths over whole rows (Jonker and Volgenant, "A shortest
 *       augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987).</li>
 *   <li>One pass finds starting prices; where the cheapest columns of all rows differ, that is the answer.</li>
 *   <li>A second pass gives each row a list of about 24 columns of smallest reduced cost and a bound for all others
 *       (LAPMOD: Volgenant, Computers &amp; Operations Research 23, 1996). Prices only fall, so the bounds stay true,
 *       and a row is read again only when a search asks for what lies above its bound.</li>
 *   <li>Augmenting row reduction (1987, as above), then shortest augmenting paths, both on the lists. With fewer than
 *       {@value #LARGE} rows the paths go over whole rows, which are not much longer than the lists: step 6.</li>
 *   <li>If a budget of work is used up: an auction with epsilon scaling on the same lists (Bertsekas, "The auction
 *       algorithm", Annals of Operations Research 14, 1988), whose prices are kept, and whose pairs are kept where
 *       exactly tight; then step 4 again.</li>
 *   <li>If that budget is used up as well: step 1's algorithm for the rows still free.</li>
 * </ol>
 *
 * <p><b>Exact.</b> Entries are floats or doubles and are never rounded; everything else is double. The answer comes
 * with dual variables and the gap between cost and bound, computed afterwards from the input alone (see
 * {@link Assignment}). Differences of floats, or of integers that doubles hold, are exact in double but for extreme
 * scales; those of doubles with all their digits in use are rounded, and optimum and gap are then true within that.
 *
 * <p><b>Cost.</b> Three or four passes over the matrix on matching costs; the work of every step but the last is
 * bounded by O((16 + n / 32) m n), the last is the textbook's O(m² n). Memory beside the matrix: about 430 bytes per
 * row of a square problem of floats, 560 of doubles, the result included, released after the solve: a tenth of a matrix
 * of floats at {@code n = 1024}, a fortieth at {@code n = 4096}.
 *
 * <p><b>Determinism.</b> The answer depends on the input only: no randomness, no clock, no threads. Not thread-safe:
 * one solver per thread ({@link AssignmentBatch} does that). The input is never changed.
 */
public final class AssignmentSolver {
    static final int SMALL = 100;
    static final int LARGE = 512;
    private static final int BIDS_PER_ROW = 6;

    private final DenseAugmentation dense = new DenseAugmentation();
    private final int small;
    private final int large;

    /** A solver without scratch yet; the first solve makes it. */
    public AssignmentSolver() {
        this(SMALL, LARGE);
    }

    /** A solver with other limits between its methods, so that tests can try each method at every size. */
    AssignmentSolver(int small, int large) {
        this.small = small;
        this.large = large;
    }

    /**
     * An optimal assignment.
     *
     * @param problem {@code [m n]} the entries; not changed
     * @return the assignment of {@code min(m, n)} pairs with its certificate
     * @throws IllegalArgumentException when an entry is NaN, the infinity that does not forbid, or above
     *     {@link AssignmentProblem#LARGEST}, with its position
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
     *     values lead to an optimum; problems that are not square, or small, do not use them
     * @return the assignment with its certificate
     * @throws IllegalArgumentException when an entry is bad, as above, or the duals are not {@code n} finite numbers
     * @throws InfeasibleAssignmentException when the forbidden pairs leave no complete assignment
     */
    public Assignment solve(AssignmentProblem problem, double[] warmColumnDuals) {
        checkWarmStart(problem, warmColumnDuals);
        return solve(CostRows.of(problem), warmColumnDuals);
    }

    /** The same for a problem whose rows have a name of their own. */
    Assignment solve(CostRows cost, double[] warmColumnDuals) {
        Matching matching = new Matching(cost.rows, cost.columns);
        if (cost.rows < small) {
            for (int i = 0; i < cost.rows; i++) {
                cost.refuseBadEntry(i);
            }
            dense.matchAll(cost, matching);
        } else {
            FirstPrices first = new FirstPrices(cost, matching);
            if (!first.settle(warmColumnDuals, cost.objective.sign())) {
                cascade(cost, matching);
            }
        }
        return Certificate.of(cost, matching);
    }

    private void cascade(CostRows cost, Matching matching) {
        long rows = cost.rows;
        long matrix = rows * cost.columns;
        CandidateLists lists = new CandidateLists(cost, matching.price);
        lists.refreshAll();
        Bidding bidding = new Bidding(lists, matching);
        int free = bidding.run(0, BIDS_PER_ROW * rows, Long.MAX_VALUE);
        if (free > 0 && rows >= large) {
            ListAugmentation paths = new ListAugmentation(lists, cost, matching);
            // Where most rows agree on the order of columns (rank one), paths are long and the auction is better.
            free = paths.run(free > rows / 2 ? matrix : 8 * matrix);
            if (free > 0 && cost.rows == cost.columns) {
                new ScaledAuction(lists, bidding).run(matrix * (16 + rows / 32));
                bidding.releaseSlack();
                bidding.run(0, BIDS_PER_ROW * rows, Long.MAX_VALUE);
                free = paths.run(8 * matrix);
            }
        }
        if (free > 0) {
            dense.matchAll(cost, matching);
        }
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
