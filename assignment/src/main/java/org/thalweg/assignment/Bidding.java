package org.thalweg.assignment;

import java.util.Arrays;

/**
 * Rows bid for columns: with increment zero this is the augmenting row reduction of Jonker and Volgenant (1987), with a
 * positive one the auction of Bertsekas (Annals of Operations Research 14, 1988). A row takes its best column and
 * lowers that column's price until its second best is as good, less the increment; who held the column bids again.
 */
final class Bidding {
    private final CandidateLists lists;
    private final Matching matching;
    private final int[] queue; // [rows] a ring of free rows
    private int head;
    private int waiting;
    private int bestColumn;
    private double smallest;
    private double second;

    Bidding(CandidateLists lists, Matching matching) {
        this.lists = lists;
        this.matching = matching;
        queue = new int[matching.columnOf.length];
    }

    /**
     * Lets free rows bid until none is free or the number of bids is used up.
     *
     * @param increment zero keeps every pair exactly tight; a positive one ends price wars and leaves pairs that are
     *     tight within it
     * @param mostBids when to stop
     * @param endElements when to stop as well, in {@link CandidateLists#elementsRead}; each bid counts as a list
     * @return the number of rows that stay free
     */
    int run(double increment, long mostBids, long endElements) {
        head = 0;
        waiting = 0;
        for (int i = 0; i < queue.length; i++) {
            if (matching.columnOf[i] == Matching.NONE) {
                append(i);
            }
        }
        int passed = 0;
        for (long bids = 0; bids < mostBids && waiting > passed && lists.elementsRead() < endElements; bids++) {
            lists.countListRead();
            int row = queue[head];
            head = head + 1 < queue.length ? head + 1 : 0;
            waiting--;
            int loser = bid(row, increment);
            if (loser == row) {
                // No bid raises this row's chances; only an augmenting path does.
                append(row);
                passed++;
            } else {
                passed = 0;
                if (loser != Matching.NONE) {
                    append(loser);
                }
            }
        }
        return waiting;
    }

    /** Frees every row; prices stay. */
    void releaseAll() {
        Arrays.fill(matching.columnOf, Matching.NONE);
        Arrays.fill(matching.rowOf, Matching.NONE);
    }

    /** Frees the rows whose column is not exactly their cheapest at today's prices. */
    void releaseSlack() {
        for (int i = 0; i < queue.length; i++) {
            int held = matching.columnOf[i];
            if (held != Matching.NONE) {
                if (!best(i)) {
                    lists.refresh(i);
                    best(i);
                }
                if (lists.rows().at(i, held) - matching.price[held] > smallest) {
                    matching.release(i);
                }
            }
        }
    }

    private void append(int row) {
        int tail = head + waiting;
        queue[tail < queue.length ? tail : tail - queue.length] = row;
        waiting++;
    }

    /** Makes one bid. The row that is free afterwards: none, the former holder, or this one when its bid would fail. */
    private int bid(int row, double increment) {
        if (!best(row)) {
            lists.refresh(row);
            best(row);
        }
        if (bestColumn == Matching.NONE) {
            return row;
        }
        int column = bestColumn;
        int loser = matching.rowOf[column];
        double fall = second - smallest + increment;
        if (loser != Matching.NONE && (fall == 0 || fall == Double.POSITIVE_INFINITY)) {
            return row;
        }
        if (fall < Double.POSITIVE_INFINITY) {
            matching.price[column] -= fall;
        }
        matching.assign(row, column);
        return loser;
    }

    /** Finds the two smallest reduced costs of a row; false when the list does not tell. */
    private boolean best(int row) {
        int[] column = lists.column;
        ListedCosts cost = lists.cost;
        double[] price = matching.price;
        int from = row * CandidateLists.CAPACITY;
        int to = from + lists.count[row];
        double first = Double.POSITIVE_INFINITY;
        double next = Double.POSITIVE_INFINITY;
        int chosen = Matching.NONE;
        for (int k = from; k < to; k++) {
            double here = cost.at(k) - price[column[k]];
            if (here < next) {
                if (here < first) {
                    next = first;
                    first = here;
                    chosen = column[k];
                } else {
                    next = here;
                    if (here == first && matching.rowOf[column[k]] == Matching.NONE) {
                        chosen = column[k];
                    }
                }
            }
        }
        bestColumn = chosen;
        smallest = first;
        second = Math.min(next, lists.bound[row]);
        return next <= lists.bound[row];
    }
}
