package org.thalweg.assignment;

import java.util.Arrays;

/**
 * A partial matching and the column prices that support it: for every matched row its column has the smallest
 * {@code cost[i][j] - price[j]}. The row's own dual is that minimum and is not stored.
 */
final class Matching {
    static final int NONE = -1;

    final int[] columnOf; // [rows]
    final int[] rowOf; // [columns]
    final double[] price; // [columns] the dual variable of each column

    Matching(int rows, int columns) {
        columnOf = new int[rows];
        rowOf = new int[columns];
        price = new double[columns];
        Arrays.fill(columnOf, NONE);
        Arrays.fill(rowOf, NONE);
    }

    /** Gives column j to row i; the row that held j loses it. */
    void assign(int i, int j) {
        int loser = rowOf[j];
        if (loser != NONE) {
            columnOf[loser] = NONE;
        }
        rowOf[j] = i;
        columnOf[i] = j;
    }

    /** Takes row i's column away. */
    void release(int i) {
        rowOf[columnOf[i]] = NONE;
        columnOf[i] = NONE;
    }
}
