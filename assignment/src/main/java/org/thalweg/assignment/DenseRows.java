package org.thalweg.assignment;

/** What the search over whole rows needs of a matrix, be it of floats or doubles: minimise, rows at most columns. */
interface DenseRows {
    int rowCount();

    int columnCount();

    double at(int i, int j);

    /** Lowers {@code best[j]} to {@code cost[i][j] - prices[j] + shift} wherever that is smaller. */
    void relax(int i, double shift, double[] prices, double[] best);

    /** What the caller calls a row of this matrix, in the plural. */
    String rowsName();
}
