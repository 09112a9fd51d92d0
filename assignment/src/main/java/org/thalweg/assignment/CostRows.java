package org.thalweg.assignment;

/**
 * The problem as the algorithms see it: minimise, at least as many columns as rows, one row at a time.
 *
 * <p>{@link #read} makes one row the current one; all methods that name no row are about it. Rows are floats or
 * doubles, and every result is double: the two kinds differ in nothing but their loops over a row, which stand in the
 * subclasses, each with all arrays indexed by the bare loop variable, so that the compiler turns them into vector code.
 *
 * <p>Maximisation and tall problems cost no second matrix: a row is negated or gathered into scratch when it is read. A
 * tall problem is read by its columns, sixteen at a time while the reading is in order, because sixteen neighbouring
 * floats share a cache line.
 */
abstract sealed class CostRows permits FloatRows, DoubleRows {
    private static final int GATHERED = 16;

    final int rows;
    final int columns;
    final boolean transposed;
    final Objective objective;
    private final String rowsName;
    private int gatheredFrom;
    private int gatheredTo;

    CostRows(AssignmentProblem problem, String rowsName) {
        objective = problem.objective();
        transposed = problem.rows() > problem.columns();
        rows = Math.min(problem.rows(), problem.columns());
        columns = transposed ? problem.rows() : problem.columns();
        this.rowsName = rowsName;
    }

    /** The rows of a problem, or its columns where these are fewer. */
    static CostRows of(AssignmentProblem problem) {
        return of(problem, problem.rows() > problem.columns() ? "columns" : "rows");
    }

    /** The same with a name for the rows, in the plural, that means more to the caller. */
    static CostRows of(AssignmentProblem problem, String rowsName) {
        return switch (problem.cost()) {
            case CostMatrix.Floats floats -> new FloatRows(floats.entries(), problem, rowsName);
            case CostMatrix.Doubles doubles -> new DoubleRows(doubles.entries(), problem, rowsName);
        };
    }

    /** How many rows of scratch a subclass needs, all of length {@link #columns}. */
    final int scratchRows() {
        if (transposed) {
            return Math.min(GATHERED, rows);
        }
        return objective == Objective.MAXIMIZE ? 1 : 0;
    }

    /** Makes row i the current one. */
    final void read(int i) {
        if (transposed) {
            if (i < gatheredFrom || i >= gatheredTo) {
                boolean inOrder = i == gatheredTo || i == 0;
                gatheredFrom = i;
                gatheredTo = Math.min(rows, inOrder ? i + GATHERED : i + 1);
                gather(gatheredFrom, gatheredTo - gatheredFrom);
            }
            readScratch(i - gatheredFrom);
        } else if (objective == Objective.MINIMIZE) {
            readGiven(i);
        } else {
            negate(i);
            readScratch(0);
        }
    }

    /** What the caller calls a row of this matrix, in the plural. */
    final String rowsName() {
        return rowsName;
    }

    /** One entry of any row as a cost to be minimised. */
    abstract double at(int i, int j);

    /** The cost of a column of the current row. */
    abstract double at(int j);

    /**
     * Lowers the minima of strided lanes: lane l to the least {@code cost[j] - prices[j]} of the columns l, l + lanes,
     * l + 2 · lanes, …
     */
    abstract void lowerLanes(double[] prices, double[] lanes);

    /** Lowers {@code best[j]} to {@code cost[j] - prices[j] + shift} wherever that is smaller. */
    abstract void relax(double shift, double[] prices, double[] best);

    /** Lowers {@code lowest[j]} to {@code cost[j] - smallest} wherever that is smaller. */
    abstract void lower(double smallest, double[] lowest);

    /** An empty list of costs of this kind. */
    abstract ListedCosts list(int length);

    /** Whether the current row holds numbers that a sum may not take, given whether its lanes have a finite sum. */
    abstract boolean isSuspect(boolean plain);

    abstract void readGiven(int i);

    abstract void readScratch(int k);

    /** Negates the caller's row i into the first row of scratch. */
    abstract void negate(int i);

    /** Gathers {@code count} columns of the caller's matrix into rows of scratch, as costs to be minimised. */
    abstract void gather(int from, int count);

    /**
     * Names the first entry of a row that is no cost.
     *
     * @throws IllegalArgumentException when row i holds NaN, the infinity of the wrong sign, or too large a number
     */
    final void refuseBadEntry(int i) {
        double sign = objective.sign();
        for (int j = 0; j < columns; j++) {
            objective.requireEntry(sign * at(i, j), transposed ? j : i, transposed ? i : j);
        }
    }
}
