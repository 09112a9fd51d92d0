package org.thalweg.assignment;

import java.util.Random;

/** Families of cost matrices, each hard for some algorithm; made from a seed. */
enum MatrixFamily {
    UNIFORM, GAUSSIAN_PRODUCT, FEW_VALUES, CONSTANT, DUPLICATE_ROWS, DUPLICATE_COLUMNS, RANK_ONE, LARGE_OFFSET,
    MACHOL_WIEN, HEAVY_TAILED, DEAD_UNITS, PERMUTED_WITH_NOISE, BANDED, TRIANGULAR,
    FORBIDDEN_PAIRS;

    /** A matrix {@code [rows columns]}. */
    float[][] make(int rows, int columns, long seed) {
        Random random = new Random(seed * 31 + ordinal());
        return switch (this) {
            case UNIFORM -> fill(rows, columns, (i, j) -> random.nextFloat());
            case GAUSSIAN_PRODUCT -> product(normal(rows, 8, random), normal(columns, 8, random));
            case FEW_VALUES -> fill(rows, columns, (i, j) -> random.nextInt(3));
            case CONSTANT -> fill(rows, columns, (i, j) -> 2.5f);
            case DUPLICATE_ROWS -> duplicateRows(rows, columns, random);
            case DUPLICATE_COLUMNS -> transpose(duplicateRows(columns, rows, random));
            case RANK_ONE -> product(normal(rows, 1, random), normal(columns, 1, random));
            case LARGE_OFFSET -> fill(rows, columns, (i, j) -> 1e6f + random.nextFloat());
            case MACHOL_WIEN -> fill(rows, columns, (i, j) -> (i + 1f) * (j + 1f));
            case HEAVY_TAILED -> product(scaled(normal(rows, 4, random), 1.5, random),
                    scaled(normal(columns, 4, random), 1.5, random));
            case DEAD_UNITS -> product(dead(normal(rows, 16, random), random),
                    dead(normal(columns, 16, random), random));
            case PERMUTED_WITH_NOISE -> permuted(rows, columns, random);
            case BANDED -> fill(rows, columns, (i, j) -> Math.abs(i - j) <= 2 ? random.nextFloat()
                    : Float.POSITIVE_INFINITY);
            case TRIANGULAR -> fill(rows, columns, (i, j) -> j <= rows - 1 - i ? random.nextFloat()
                    : Float.POSITIVE_INFINITY);
            case FORBIDDEN_PAIRS -> fill(rows, columns, (i, j) -> random.nextInt(10) < 6
                    ? Float.POSITIVE_INFINITY : random.nextFloat());
        };
    }

    /** An entry of a matrix. */
    @FunctionalInterface
    interface Entry {
        float at(int i, int j);
    }

    static float[][] fill(int rows, int columns, Entry entry) {
        float[][] matrix = new float[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix[i][j] = entry.at(i, j);
            }
        }
        return matrix;
    }

    static float[][] normal(int rows, int columns, Random random) {
        return fill(rows, columns, (i, j) -> (float) random.nextGaussian());
    }

    /** {@code -A Bᵀ}. */
    static float[][] product(float[][] a, float[][] b) {
        return fill(a.length, b.length, (i, j) -> {
            double sum = 0;
            for (int k = 0; k < a[i].length; k++) {
                sum += a[i][k] * b[j][k];
            }
            return (float) -sum;
        });
    }

    static float[][] transpose(float[][] matrix) {
        return fill(matrix[0].length, matrix.length, (i, j) -> matrix[j][i]);
    }

    private static float[][] duplicateRows(int rows, int columns, Random random) {
        float[][] few = normal(Math.max(1, rows / 4), columns, random);
        return fill(rows, columns, (i, j) -> few[i % few.length][j]);
    }

    private static float[][] scaled(float[][] matrix, double spread, Random random) {
        for (float[] row : matrix) {
            float factor = (float) Math.exp(spread * random.nextGaussian());
            for (int k = 0; k < row.length; k++) {
                row[k] *= factor;
            }
        }
        return matrix;
    }

    private static float[][] dead(float[][] matrix, Random random) {
        for (float[] row : matrix) {
            float factor = random.nextInt(10) < 3 ? 1e-4f : 1f;
            for (int k = 0; k < row.length; k++) {
                row[k] *= factor;
            }
        }
        return matrix;
    }

    private static float[][] permuted(int rows, int columns, Random random) {
        float[][] a = normal(rows, 16, random);
        float[][] b = normal(columns, 16, random);
        for (int j = 0; j < Math.min(rows, columns); j++) {
            for (int k = 0; k < 16; k++) {
                b[j][k] = a[(j * 7 + 3) % rows][k] + 0.1f * b[j][k];
            }
        }
        return product(a, b);
    }
}
