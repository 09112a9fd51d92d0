package org.thalweg.merging;

import java.util.function.UnaryOperator;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Solves {@code A x = b} for a symmetric A without negative eigenvalues that is known by its products alone, divided by
 * its diagonal. Where A has no say, as along what no input showed, the start stays.
 *
 * @param tolerance largest norm of {@code b − A x}, in units of the larger of the norms of b and of A times the start
 * @param limit most steps, each of them one product
 */
record ConjugateGradients(double tolerance, int limit) {
    /**
     * What was reached.
     *
     * @param solution of the shape of b
     * @param steps how many were taken
     * @param residual norm of {@code b − A x}, computed anew from the solution, in the units of the tolerance; 0 where
     *     both sides are
     */
    record Reached(Tensor solution, int steps, double residual) {}

    /**
     * Where the search stands: {@code b − A x}, the same divided by the diagonal, and the direction of the next step.
     */
    private record State(Tensor x, Tensor residual, Tensor scaled, Tensor direction) {
        State keptBy(Scope scope) {
            scope.keep(x);
            scope.keep(residual);
            scope.keep(scaled);
            scope.keep(direction);
            return this;
        }

        void close() {
            x.close();
            residual.close();
            scaled.close();
            direction.close();
        }

        double square() {
            return dot(residual, scaled);
        }
    }

    /**
     * Solves.
     *
     * @param matrix multiplies by A; changes nothing
     * @param diagonal of A, none negative; not changed
     * @param right b, float64; not changed
     * @param start any tensor of its shape, float64; not changed
     * @return in the current scope
     */
    Reached solve(UnaryOperator<Tensor> matrix, Tensor diagonal, Tensor right, Tensor start) {
        try (Scope scope = Scope.open()) {
            Tensor first = matrix.apply(start);
            double unit = Math.max(right.norm(), first.norm());
            Tensor inverse = inverse(diagonal);
            State state = started(start, right.subtract(first), inverse);
            int steps = 0;
            while (steps < limit && state.residual().norm() > tolerance * unit && state.square() > 0) {
                State next;
                try (Scope step = Scope.open()) {
                    Tensor product = matrix.apply(state.direction());
                    double curvature = dot(state.direction(), product);
                    if (!(curvature > 0)) {
                        break;
                    }
                    next = after(state, product, state.square() / curvature, inverse).keptBy(step);
                }
                state.close();
                state = next;
                steps++;
            }
            double residual = right.subtract(matrix.apply(state.x())).norm();
            return new Reached(scope.keep(state.x()), steps, residual == 0 ? 0 : residual / unit);
        }
    }

    private static State started(Tensor start, Tensor residual, Tensor inverse) {
        Tensor scaled = residual.multiply(inverse);
        return new State(start.copy(), residual, scaled, scaled.copy());
    }

    private static State after(State state, Tensor product, double length, Tensor inverse) {
        Tensor residual = state.residual().subtract(product.multiply(length));
        Tensor scaled = residual.multiply(inverse);
        double turn = dot(residual, scaled) / state.square();
        return new State(state.x().add(state.direction().multiply(length)), residual, scaled,
                scaled.add(state.direction().multiply(turn)));
    }

    /** One over each entry, 0 where it is 0: there the whole row of a matrix without negative eigenvalues is. */
    private static Tensor inverse(Tensor diagonal) {
        double[] entries = diagonal.toDoubles();
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entries[i] > 0 ? 1 / entries[i] : 0;
        }
        return Tensor.of(entries, diagonal.shape());
    }

    private static double dot(Tensor one, Tensor other) {
        try (Scope scope = Scope.open()) {
            return one.multiply(other).sum().item();
        }
    }
}
