package org.thalweg.assignment;

/**
 * For each row the few columns of smallest reduced cost, and a bound below which no other column can be.
 *
 * <p>The idea of LAPMOD (Volgenant, Computers &amp; Operations Research 23, 1996), made lazy and exact: prices only
 * ever fall, hence reduced costs only ever rise, also in rounded arithmetic; so a bound that held once holds for the
 * rest of the solve and nothing needs to be verified at its end. Only when a search needs what lies above the bound is
 * the whole row read again. Eight bytes per candidate, twelve where costs are doubles.
 */
final class CandidateLists {
    static final int CAPACITY = 32;
    private static final int TARGET = 24;
    private static final int FEWEST = 8;
    private static final int MANY = 128;

    final int[] column; // [rows · CAPACITY] row i from i · CAPACITY
    final int[] count; // [rows]
    final ListedCosts cost; // [rows · CAPACITY] the cost of that column
    final double[] bound; // [rows] no unlisted column has a smaller reduced cost
    final ReducedRow reduced;
    private final CostRows rows;
    private double reach = 0.5; // threshold above the minimum, in units of (mean lane - minimum); follows the rows
    private boolean tied;
    private double largestSpread;
    private long elementsRead;

    CandidateLists(CostRows rows, double[] price) {
        this.rows = rows;
        reduced = new ReducedRow(rows, price);
        column = new int[rows.rows * CAPACITY];
        cost = rows.list(rows.rows * CAPACITY);
        count = new int[rows.rows];
        bound = new double[rows.rows];
    }

    /** How many elements were read so far, in lists and whole rows: the unit of all work budgets. */
    long elementsRead() {
        return elementsRead;
    }

    /** The matrix the lists are of. */
    CostRows rows() {
        return rows;
    }

    /** The largest spread (mean lane minimum less minimum) of the rows read so far: the scale of the problem. */
    double largestSpread() {
        return largestSpread;
    }

    /** Counts the reading of one list, which costs about as much as twice its capacity in elements of a row. */
    void countListRead() {
        elementsRead += 2 * CAPACITY;
    }

    /** Makes every row's list. */
    void refreshAll() {
        for (int i = 0; i < rows.rows; i++) {
            refresh(i);
        }
    }

    /** Loads row i into {@link #reduced} at today's prices. */
    void load(int i) {
        reduced.load(i);
        elementsRead += rows.columns;
    }

    /** Makes row i's list anew at today's prices. */
    void refresh(int i) {
        load(i);
        keep(i);
    }

    /** Makes row i's list from the row loaded last. */
    void keep(int i) {
        double smallest = reduced.minimum();
        if (smallest == Double.POSITIVE_INFINITY) {
            count[i] = 0;
            bound[i] = Double.POSITIVE_INFINITY;
            return;
        }
        largestSpread = Math.max(largestSpread, reduced.meanLane() - smallest);
        if (tied) {
            // The last row had its fill of equal columns; then the likeliest is that this one has, too.
            int equal = reduced.collect(smallest, i, CAPACITY);
            if (equal >= CAPACITY) {
                store(i, CAPACITY, smallest);
                return;
            }
            tied = false;
        }
        keepNearest(i, smallest);
    }

    private void keepNearest(int i, double smallest) {
        double threshold = smallest + reach * (reduced.meanLane() - smallest);
        int found = reduced.collect(threshold, i, MANY);
        if (found >= MANY) {
            reach *= 0.9;
            threshold = smallest;
            found = Math.min(CAPACITY, reduced.collect(threshold, i, CAPACITY));
            tied = found == CAPACITY;
        } else if (found > CAPACITY && threshold == smallest) {
            found = CAPACITY;
            tied = true;
        } else {
            reach *= found > TARGET ? 0.98 : 1.02;
        }
        if (found < FEWEST) {
            threshold = Math.min(reduced.laneThreshold(TARGET), Double.MAX_VALUE);
            found = reduced.collect(threshold, i, reduced.columns());
        }
        store(i, found, threshold);
    }

    private void store(int i, int found, double threshold) {
        double[] value = reduced.value;
        double cut = threshold;
        if (found > CAPACITY) {
            cut = reduced.foundOfRank(found, CAPACITY);
        }
        int from = i * CAPACITY;
        int kept = 0;
        for (int k = 0; k < found; k++) {
            if (found <= CAPACITY || value[k] < cut) {
                list(from + kept++, reduced.column[k]);
            }
        }
        for (int k = 0; k < found && found > CAPACITY && kept < CAPACITY; k++) {
            if (value[k] == cut) {
                list(from + kept++, reduced.column[k]);
            }
        }
        count[i] = kept;
        // All finite entries are listed then, and what is left is forbidden.
        bound[i] = cut == Double.MAX_VALUE ? Double.POSITIVE_INFINITY : cut;
    }

    private void list(int at, int j) {
        column[at] = j;
        cost.set(at, rows.at(j));
    }
}
