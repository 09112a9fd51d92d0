package org.thalweg.group;

/** Orthogonal maps that leave the vector of ones as it is. */
public final class CentredRotation {
    private static final double TOLERANCE = 1e-6;

    private CentredRotation() {}

    static boolean keepsOnes(LinearMap map) {
        int size = map.size();
        double[] entries = map.entries();
        for (int row = 0; row < size; row++) {
            double sum = 0;
            for (int column = 0; column < size; column++) {
                sum += entries[row * size + column];
            }
            if (!(Math.abs(sum - 1) <= TOLERANCE)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The map that turns the vectors of mean 0 by {@code inner}: H diag(1, inner) H with the reflection H that
     * exchanges the first unit vector and the direction of ones.
     */
    static LinearMap around(SquareMatrix inner, int size) {
        if (size == 0) {
            return LinearMap.identity(0);
        }
        double[] turned = new double[size * size];
        double[] entries = inner.entries();
        turned[0] = 1;
        for (int i = 1; i < size; i++) {
            System.arraycopy(entries, (i - 1) * (size - 1), turned, i * size + 1, size - 1);
        }
        SquareMatrix exchange = exchange(size);
        return new LinearMap(exchange.times(new SquareMatrix(size, turned)).times(exchange), true);
    }

    /**
     * The reflection that exchanges the first unit vector and the direction of ones: its other columns are a basis of
     * the vectors of mean 0.
     *
     * @param size length of the vectors
     * @return a symmetric orthogonal matrix
     */
    public static SquareMatrix exchange(int size) {
        double one = 1 / Math.sqrt(size);
        double[] entries = SquareMatrix.identity(size).entries();
        // I - v vᵀ / (1 - one) with v = e₁ - ones/√size, whose squared length is 2 (1 - one).
        for (int i = 0; size > 1 && i < size; i++) {
            for (int j = 0; j < size; j++) {
                entries[i * size + j] -= ((i == 0 ? 1 : 0) - one) * ((j == 0 ? 1 : 0) - one) / (1 - one);
            }
        }
        return new SquareMatrix(size, entries);
    }
}
