package org.thalweg.data;

/**
 * Brings planes of pixels from one size to another, each axis stretched on its own: every new pixel is the mean of the
 * old ones under a triangle as wide as the reduction (at least one old pixel), the usual antialiased bilinear filter.
 *
 * @param rows filters columns
 * @param columns filters rows
 */
record Resizing(TriangleFilter rows, TriangleFilter columns) {
    /** Between two sizes. */
    static Resizing between(int height, int width, int newHeight, int newWidth) {
        return new Resizing(TriangleFilter.between(height, newHeight), TriangleFilter.between(width, newWidth));
    }

    /**
     * Resizes one plane.
     *
     * @param plane [height width] values from 0 to 255; not changed
     * @return [newHeight newWidth] values, rounded to whole numbers from 0 to 255
     */
    float[] apply(float[] plane) {
        float[] narrowed = columns.alongRows(plane, rows.oldLength());
        float[] result = rows.alongColumns(narrowed, columns.first().length);
        for (int p = 0; p < result.length; p++) {
            result[p] = Math.clamp(Math.round(result[p]), 0, 255);
        }
        return result;
    }
}
