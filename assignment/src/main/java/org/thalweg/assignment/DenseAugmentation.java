package org.thalweg.assignment;

import java.util.Arrays;

/**
 * Shortest augmenting paths over whole rows: the textbook algorithm (Jonker and Volgenant, Computing 38, 1987, section
 * 3; Tomizawa 1971), used for small problems and as the last arm of the cascade.
 *
 * <p>One augmentation is Dijkstra's algorithm on the reduced costs {@code cost[i][j] - price[j]}, without a heap:
 * O(columns) per scanned row, O(rows · columns) per augmentation, O(rows² · columns) in all. Predecessors are not
 * stored while scanning, which keeps the scan free of branches; the few on the path are found again afterwards, by the
 * row whose distance is equal bit for bit.
 */
final class DenseAugmentation {
    private static final int LANES = 64;
    private static final int FEWEST_FOR_LANES = 256;

    private final double[] laneMinimum = new double[LANES];
    private final double[] distanceChunk = new double[LANES];
    private double[] distance = new double[0]; // [columns] +∞ once a column is scanned
    private double[] openPrice = new double[0]; // [columns] the price, -∞ once a column is scanned
    private int[] scannedRow = new int[0]; // [scanned] in the order of scanning
    private double[] shift = new double[0]; // [scanned] distance of that row less its own minimum
    private int[] scannedColumn = new int[0]; // [scanned] the column by which the next row was reached
    private double[] scannedDistance = new double[0]; // [scanned]

    /**
     * Matches every free row.
     *
     * @throws InfeasibleAssignmentException when forbidden pairs leave no way
     */
    void matchAll(CostRows cost, Matching matching) {
        reserve(cost.rows, cost.columns);
        for (int i = 0; i < cost.rows; i++) {
            if (matching.columnOf[i] == Matching.NONE) {
                augment(cost, matching, i);
            }
        }
    }

    private void reserve(int rows, int columns) {
        if (distance.length != columns) {
            distance = new double[columns];
            openPrice = new double[columns];
        }
        if (scannedRow.length < rows + 1) {
            scannedRow = new int[rows + 1];
            shift = new double[rows + 1];
            scannedColumn = new int[rows + 1];
            scannedDistance = new double[rows + 1];
        }
    }

    private void augment(CostRows cost, Matching matching, int freeRow) {
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        System.arraycopy(matching.price, 0, openPrice, 0, openPrice.length);
        int row = freeRow;
        double rowShift = 0;
        for (int scanned = 0;; scanned++) {
            scannedRow[scanned] = row;
            shift[scanned] = rowShift;
            cost.read(row);
            cost.relax(rowShift, openPrice, distance);
            int nearest = nearest(matching.rowOf);
            double reached = distance[nearest];
            if (reached == Double.POSITIVE_INFINITY) {
                throw infeasible(cost, scanned + 1);
            }
            scannedColumn[scanned] = nearest;
            scannedDistance[scanned] = reached;
            if (matching.rowOf[nearest] == Matching.NONE) {
                flip(cost, matching, scanned);
                lowerPrices(matching.price, scanned);
                return;
            }
            distance[nearest] = Double.POSITIVE_INFINITY;
            openPrice[nearest] = Double.NEGATIVE_INFINITY;
            row = matching.rowOf[nearest];
            rowShift = reached - (cost.at(row, nearest) - matching.price[nearest]);
        }
    }

    /** The sentence for rows that share too few columns (Hall's condition). */
    static InfeasibleAssignmentException infeasible(CostRows cost, int rows) {
        return new InfeasibleAssignmentException("no complete assignment exists: " + rows + " " + cost.rowsName()
                + " have only " + (rows - 1) + " allowed partners between them; allow more pairs.");
    }

    /** The column of the smallest distance, a free one among equals, because that ends the search. */
    private int nearest(int[] rowOf) {
        if (distance.length >= FEWEST_FOR_LANES) {
            return nearestByLanes(rowOf);
        }
        double smallest = Double.POSITIVE_INFINITY;
        int nearest = 0;
        for (int j = 0; j < distance.length; j++) {
            double here = distance[j];
            if (here <= smallest && (here < smallest || rowOf[j] == Matching.NONE)) {
                smallest = here;
                nearest = j;
            }
        }
        return nearest;
    }

    /** The same for long rows, where a branch per column would cost more than the search. */
    private int nearestByLanes(int[] rowOf) {
        double[] lanes = laneMinimum;
        double[] chunk = distanceChunk;
        Arrays.fill(lanes, Double.POSITIVE_INFINITY);
        for (int base = 0; base < distance.length; base += LANES) {
            int length = Math.min(LANES, distance.length - base);
            System.arraycopy(distance, base, chunk, 0, length);
            for (int j = 0; j < length; j++) {
                lanes[j] = Math.min(lanes[j], chunk[j]);
            }
        }
        double smallest = lanes[0];
        for (int j = 1; j < LANES; j++) {
            smallest = Math.min(smallest, lanes[j]);
        }
        int nearest = 0;
        for (int lane = 0; lane < LANES; lane++) {
            for (int j = lane; lanes[lane] == smallest && j < distance.length; j += LANES) {
                if (distance[j] == smallest) {
                    nearest = j;
                    if (rowOf[j] == Matching.NONE) {
                        return j;
                    }
                }
            }
        }
        return nearest;
    }

    /** Gives each column on the path to the row before it; the path ends in the column scanned last. */
    private void flip(CostRows cost, Matching matching, int last) {
        int step = last;
        while (true) {
            int column = scannedColumn[step];
            int from = step;
            while (cost.at(scannedRow[from], column) - matching.price[column] + shift[from] != scannedDistance[step]) {
                from--;
            }
            matching.rowOf[column] = scannedRow[from];
            matching.columnOf[scannedRow[from]] = column;
            if (from == 0) {
                return;
            }
            step = from - 1;
        }
    }

    private void lowerPrices(double[] price, int last) {
        double reached = scannedDistance[last];
        for (int k = 0; k < last; k++) {
            price[scannedColumn[k]] += scannedDistance[k] - reached;
        }
    }
}
