package org.thalweg.assignment;

/**
 * Shortest augmenting paths over candidate lists, exact because of the bounds: beside each scanned row's candidates an
 * <i>expansion event</i> enters the heap at the smallest distance that an unlisted column of the row could have. Only
 * when the event is the nearest thing left is the row looked at again, first by a fresh list, then as a whole.
 */
final class ListAugmentation {
    private static final byte LISTED = 1;
    private static final byte REFRESHED = 2;

    private final CandidateLists lists;
    private final CostRows cost;
    private final Matching matching;
    private final int columns;
    private final IndexedHeap heap; // columns by their number, events by columns + row
    private final int[] before; // [columns] the row from which the column was reached
    private final boolean[] scanned; // [columns]
    private final int[] scannedColumn; // [rows]
    private int scannedCount;
    private final double[] shift; // [rows] distance of a scanned row less its own minimum
    private final byte[] stage; // [rows]
    private double nearestFree;
    private int freeColumn;

    ListAugmentation(CandidateLists lists, CostRows cost, Matching matching) {
        this.lists = lists;
        this.cost = cost;
        this.matching = matching;
        columns = cost.columns;
        heap = new IndexedHeap(columns + cost.rows);
        before = new int[columns];
        scanned = new boolean[columns];
        scannedColumn = new int[cost.rows + 1];
        shift = new double[cost.rows];
        stage = new byte[cost.rows];
    }

    /**
     * Matches free rows until none is left or the budget is.
     *
     * @param mostElements the work after which no further path is begun, in list entries and row elements
     * @return the number of rows that stay free
     * @throws InfeasibleAssignmentException when forbidden pairs leave no way
     */
    int run(long mostElements) {
        long end = mostElements + lists.elementsRead();
        int free = 0;
        for (int i = 0; i < cost.rows; i++) {
            if (matching.columnOf[i] == Matching.NONE) {
                if (lists.elementsRead() > end) {
                    free++;
                } else {
                    augment(i);
                }
            }
        }
        return free;
    }

    private void augment(int freeRow) {
        nearestFree = Double.POSITIVE_INFINITY;
        freeColumn = Matching.NONE;
        scannedCount = 0;
        scan(freeRow, 0);
        while (!heap.isEmpty() && heap.smallestKey() < nearestFree) {
            double reached = heap.smallestKey();
            int id = heap.removeSmallest();
            if (id >= columns) {
                expand(id - columns);
            } else {
                scanned[id] = true;
                scannedColumn[scannedCount++] = id;
                int row = matching.rowOf[id];
                scan(row, reached - (cost.at(row, id) - matching.price[id]));
            }
        }
        if (freeColumn == Matching.NONE) {
            throw DenseAugmentation.infeasible(cost, scannedCount + 1);
        }
        for (int k = 0; k < scannedCount; k++) {
            int column = scannedColumn[k];
            matching.price[column] += heap.key(column) - nearestFree;
        }
        flip(freeRow);
        forget();
    }

    private void scan(int row, double rowShift) {
        lists.countListRead();
        shift[row] = rowShift;
        stage[row] = LISTED;
        relaxList(row);
    }

    private void relaxList(int row) {
        double rowShift = shift[row];
        int from = row * CandidateLists.CAPACITY;
        int to = from + lists.count[row];
        ListedCosts costs = lists.cost;
        for (int k = from; k < to; k++) {
            int j = lists.column[k];
            relax(row, j, costs.at(k) - matching.price[j] + rowShift);
        }
        double event = lists.bound[row] + rowShift;
        if (event < nearestFree) {
            heap.offer(columns + row, event);
        }
    }

    private void relax(int row, int column, double distance) {
        if (distance >= nearestFree || scanned[column]) {
            return;
        }
        if (matching.rowOf[column] == Matching.NONE) {
            nearestFree = distance;
            freeColumn = column;
            before[column] = row;
            return;
        }
        if (heap.offer(column, distance)) {
            before[column] = row;
        }
    }

    private void expand(int row) {
        lists.load(row);
        if (stage[row] == LISTED) {
            stage[row] = REFRESHED;
            lists.keep(row);
            relaxList(row);
            return;
        }
        double farthest = nearestFree < Double.POSITIVE_INFINITY ? nearestFree - shift[row] : Double.MAX_VALUE;
        int found = lists.reduced.collect(farthest, row, columns);
        for (int k = 0; k < found; k++) {
            relax(row, lists.reduced.column[k], lists.reduced.value[k] + shift[row]);
        }
    }

    private void flip(int freeRow) {
        int column = freeColumn;
        while (true) {
            int row = before[column];
            int next = matching.columnOf[row];
            matching.rowOf[column] = row;
            matching.columnOf[row] = column;
            if (row == freeRow) {
                return;
            }
            column = next;
        }
    }

    private void forget() {
        heap.clear();
        for (int k = 0; k < scannedCount; k++) {
            scanned[scannedColumn[k]] = false;
        }
    }
}
