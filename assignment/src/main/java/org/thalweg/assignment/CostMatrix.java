package org.thalweg.assignment;

/**
 * The entries of an assignment problem, as floats where floats hold them exactly, or as doubles. The solver reads both
 * and rounds neither; floats take half the memory and are read faster.
 *
 * <p>Both kinds <b>refer to the caller's rows and copy nothing</b>, because these matrices are large (0.8 GB of floats
 * at {@code m = n = 14336}).
 */
public sealed interface CostMatrix {
    /**
     * A matrix of floats.
     *
     * @param entries {@code [m n]} rows of equal length; kept, not copied
     */
    record Floats(float[][] entries) implements CostMatrix {
        /**
         * Refuses rows of different lengths.
         *
         * @throws IllegalArgumentException when a row's length differs from the first row's
         */
        public Floats {
            for (int i = 1; i < entries.length; i++) {
                requireLength(i, entries[i].length, entries[0].length);
            }
        }

        @Override
        public int rows() {
            return entries.length;
        }

        @Override
        public int columns() {
            return entries.length == 0 ? 0 : entries[0].length;
        }

        @Override
        public double at(int row, int column) {
            return entries[row][column];
        }

        @Override
        public Floats select(int[] rows, int[] columns) {
            float[][] selected = new float[rows.length][columns.length];
            for (int i = 0; i < rows.length; i++) {
                float[] source = entries[rows[i]];
                float[] target = selected[i];
                for (int j = 0; j < target.length; j++) {
                    target[j] = source[columns[j]];
                }
            }
            return new Floats(selected);
        }
    }

    /**
     * A matrix of doubles.
     *
     * @param entries {@code [m n]} rows of equal length; kept, not copied
     */
    record Doubles(double[][] entries) implements CostMatrix {
        /**
         * Refuses rows of different lengths.
         *
         * @throws IllegalArgumentException when a row's length differs from the first row's
         */
        public Doubles {
            for (int i = 1; i < entries.length; i++) {
                requireLength(i, entries[i].length, entries[0].length);
            }
        }

        @Override
        public int rows() {
            return entries.length;
        }

        @Override
        public int columns() {
            return entries.length == 0 ? 0 : entries[0].length;
        }

        @Override
        public double at(int row, int column) {
            return entries[row][column];
        }

        @Override
        public Doubles select(int[] rows, int[] columns) {
            double[][] selected = new double[rows.length][columns.length];
            for (int i = 0; i < rows.length; i++) {
                double[] source = entries[rows[i]];
                double[] target = selected[i];
                for (int j = 0; j < target.length; j++) {
                    target[j] = source[columns[j]];
                }
            }
            return new Doubles(selected);
        }
    }

    /**
     * The number of rows.
     *
     * @return {@code m}
     */
    int rows();

    /**
     * The number of columns.
     *
     * @return {@code n}; 0 when there are no rows
     */
    int columns();

    /**
     * One entry.
     *
     * @param row from 0
     * @param column from 0
     * @return its value, not rounded
     */
    double at(int row, int column);

    /**
     * A copy of some rows and columns.
     *
     * @param rows {@code [a]} which, in the order of the copy
     * @param columns {@code [b]} likewise
     * @return {@code [a b]} entries of the same kind
     */
    CostMatrix select(int[] rows, int[] columns);

    private static void requireLength(int row, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException("row " + row + " of the cost matrix has " + found
                    + " columns where row 0 has " + expected + "; all rows must be equally long.");
        }
    }

    /**
     * Takes entries one by one and keeps them as floats for as long as floats hold every one of them exactly; at the
     * first that none holds, those taken so far become doubles, row by row.
     */
    final class Builder {
        private final int columns;
        private float[][] floats;
        private double[][] doubles;

        /**
         * Makes room for a matrix of zeros.
         *
         * @param rows at least 0
         * @param columns at least 0
         */
        public Builder(int rows, int columns) {
            this.columns = columns;
            floats = new float[rows][columns];
            doubles = new double[0][];
        }

        /**
         * Sets one entry.
         *
         * @param row from 0
         * @param column from 0
         * @param entry any double
         */
        public void set(int row, int column, double entry) {
            if (doubles.length > 0) {
                doubles[row][column] = entry;
                return;
            }
            float rounded = (float) entry;
            if (rounded == entry || Double.isNaN(entry)) {
                floats[row][column] = rounded;
            } else {
                widen();
                doubles[row][column] = entry;
            }
        }

        /**
         * The matrix of the entries so far; the builder must not be used any more.
         *
         * @return floats if every entry was one, else doubles
         */
        public CostMatrix matrix() {
            return doubles.length > 0 ? new Doubles(doubles) : new Floats(floats);
        }

        private void widen() {
            doubles = new double[floats.length][];
            for (int i = 0; i < doubles.length; i++) {
                float[] narrow = floats[i];
                double[] wide = new double[columns];
                for (int j = 0; j < wide.length; j++) {
                    wide[j] = narrow[j];
                }
                doubles[i] = wide;
                floats[i] = new float[0];
            }
            floats = new float[0][];
        }
    }
}
