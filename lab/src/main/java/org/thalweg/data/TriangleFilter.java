package org.thalweg.data;

/**
 * The weights that bring one axis of an image from one length to another: an antialiased bilinear filter.
 *
 * @param oldLength the length before
 * @param first [n] where the weights of each new place start
 * @param weights [n taps] weights that sum to 1 for each new place; rows may differ in length
 */
record TriangleFilter(int oldLength, int[] first, float[][] weights) {
    /**
     * The filter between two lengths.
     *
     * @param oldLength the length before
     * @param newLength the length after
     * @return the filter
     */
    static TriangleFilter between(int oldLength, int newLength) {
        double scale = (double) oldLength / newLength;
        double reach = Math.max(scale, 1);
        int[] first = new int[newLength];
        float[][] weights = new float[newLength][];
        for (int i = 0; i < newLength; i++) {
            double centre = (i + 0.5) * scale;
            first[i] = Math.max(0, (int) Math.floor(centre - reach));
            int end = Math.min(oldLength, (int) Math.ceil(centre + reach));
            double[] row = new double[end - first[i]];
            double sum = 0;
            for (int k = 0; k < row.length; k++) {
                row[k] = Math.max(0, 1 - Math.abs(first[i] + k + 0.5 - centre) / reach);
                sum += row[k];
            }
            weights[i] = new float[row.length];
            for (int k = 0; k < row.length; k++) {
                weights[i][k] = (float) (row[k] / sum);
            }
        }
        return new TriangleFilter(oldLength, first, weights);
    }

    /** Filters each of {@code rows} rows of {@code plane} [rows oldLength] to [rows newLength]. */
    float[] alongRows(float[] plane, int rows) {
        int newLength = first.length;
        float[] result = new float[rows * newLength];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < newLength; i++) {
                float sum = 0;
                for (int k = 0; k < weights[i].length; k++) {
                    sum += weights[i][k] * plane[r * oldLength + first[i] + k];
                }
                result[r * newLength + i] = sum;
            }
        }
        return result;
    }

    /** Filters each of {@code columns} columns of {@code plane} [oldLength columns] to [newLength columns]. */
    float[] alongColumns(float[] plane, int columns) {
        int newLength = first.length;
        float[] result = new float[newLength * columns];
        for (int i = 0; i < newLength; i++) {
            for (int k = 0; k < weights[i].length; k++) {
                float weight = weights[i][k];
                for (int c = 0; c < columns; c++) {
                    result[i * columns + c] += weight * plane[(first[i] + k) * columns + c];
                }
            }
        }
        return result;
    }
}
