package org.thalweg.merging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.InPlace;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The router of a merged model that gives, on what enters it, scores as close as can be to those of the sources'
 * routers (HARC, arXiv 2606.03391): the W with the least sum over sources d of their shares times the mean over their
 * tokens of {@code (W x − W_d y)ᵀ C (W x − W_d y)}, where x enters the merged model's router, y is what W_d is applied
 * to, and C says which errors matter ({@link RouterCurvature}). Its equations are {@code (Σ_d S_d) W = Σ_d S_d W_d}
 * with the means over tokens {@code S_d = mean C ⊗ x xᵀ} wherever y is x, as in the paper, where all shares are 1.
 * Without curvature they are those of second moments alone: {@code (Σ_d S_d) Wᵀ = Σ_d S_d W_dᵀ} with
 * {@code S_d = mean x xᵀ}, [residual residual].
 *
 * <p>{@code S_d} is taken as {@code γ S_d + (1 − γ) diag(S_d)} on both sides, as the authors' program does. So
 * equations of fewer tokens than the stream is wide have one answer too, and sources with one router between them give
 * just that router, which a ridge on the left side alone would shrink. Solved by conjugate gradients in float64, from
 * the merged router on, without any S_d being formed: one step takes {@code 4 tokens residual experts} operations for
 * each source.
 *
 * @param offDiagonal γ, above 0 and at most 1
 * @param tolerance norm of the error of the equations at which the search ends, in units of their right side
 * @param steps most steps of conjugate gradients
 */
public record RouterRecalibration(double offDiagonal, double tolerance, int steps) {
    /** γ = 0.9, as the authors chose; an error of 1e-8; at most 1,000 steps. */
    public static final RouterRecalibration USUAL = new RouterRecalibration(0.9, 1e-8, 1000);

    /** Refuses numbers out of range. */
    public RouterRecalibration {
        if (!(offDiagonal > 0 && offDiagonal <= 1)) {
            throw new WrongUse("the factor of moments off the diagonal is " + offDiagonal
                    + ", expected above 0 and at most 1.");
        }
        if (!(tolerance > 0) || steps < 1) {
            throw new WrongUse("a router is recalibrated to a tolerance above 0 in at least 1 step, not to " + tolerance
                    + " in " + steps + ".");
        }
    }

    /**
     * Some tokens.
     *
     * @param entering [tokens residual] x, what enters the merged model's router; float32 or float64
     * @param reference [tokens residual] y, what the source's router is applied to: the same tensor, or what entered it
     *     in the source itself
     */
    public record Tokens(Tensor entering, Tensor reference) {}

    /**
     * A source's router.
     *
     * @param share how much it counts beside the others, from 0 on
     * @param weight [experts residual] W_d, of any floating type
     * @param bias [experts] of its scores where it has one: the curvature is taken there; no bias is fitted
     * @param batches its tokens, at least one
     */
    public record Source(double share, Tensor weight, Optional<Tensor> bias, List<Tokens> batches) {
        /** Copies the list. */
        public Source {
            if (!(share >= 0)) {
                throw new IllegalArgumentException("a source counts " + share + " times, expected 0 or more");
            }
            batches = List.copyOf(batches);
        }
    }

    /**
     * A new router.
     *
     * @param weight [experts residual], float64
     * @param steps of conjugate gradients that were taken
     * @param error that is left in the equations, in units of their right side
     */
    public record Solved(Tensor weight, int steps, double error) {}

    /**
     * Finds the router. Time {@code O(steps tokens residual experts)}; memory for what enters, once more in float64
     * where it is not, for scores [tokens experts] in float64, and for a few routers.
     *
     * @param name of the router's weight, for sentences
     * @param merged [experts residual] the merged model's router, where the search begins; not changed
     * @param sources at least one; not changed
     * @param curvature which errors of scores matter
     * @return the router in the current scope, also where the steps did not suffice: its error then says so
     * @throws WorkFailure when scores or what enters a router is not finite
     */
    public Solved solve(String name, Tensor merged, List<Source> sources, RouterCurvature curvature) {
        try (Scope scope = Scope.open()) {
            Tensor start = merged.to(DType.FLOAT64);
            List<Part> parts = new ArrayList<>();
            Tensor right = Tensor.zeros(DType.FLOAT64, start.shape());
            Tensor diagonal = Tensor.zeros(DType.FLOAT64, start.shape());
            for (Source source : sources) {
                Part part = Part.of(source, curvature);
                parts.add(part);
                InPlace.add(right, shrunk(part.wanted(), part.diagonal(), part.weight()));
                InPlace.add(diagonal, part.diagonal());
            }
            if (!right.isFinite() || !diagonal.isFinite()) {
                throw new WorkFailure("the router '" + name + "' cannot be recalibrated, since what enters it, or a "
                        + "source's scores, are not finite on the given inputs; look at the loss of the merged model "
                        + "and of the sources with evaluate, which names weights that are not finite.");
            }
            ConjugateGradients.Reached reached = new ConjugateGradients(tolerance, steps)
                    .solve(weight -> product(parts, weight), diagonal, right, start);
            return new Solved(scope.keep(reached.solution()), reached.steps(), reached.residual());
        }
    }

    /** Both sides' regularisation: γ times a product, and the product with the diagonal for the rest. */
    private Tensor shrunk(Tensor product, Tensor diagonal, Tensor weight) {
        return product.multiply(offDiagonal).add(diagonal.multiply(weight).multiply(1 - offDiagonal));
    }

    private Tensor product(List<Part> parts, Tensor weight) {
        try (Scope scope = Scope.open()) {
            Tensor sum = Tensor.zeros(DType.FLOAT64, weight.shape());
            parts.forEach(part -> InPlace.add(sum, shrunk(part.times(weight), part.diagonal(), weight)));
            return scope.keep(sum);
        }
    }

    /**
     * One source's side of the equations.
     *
     * @param curvature which errors matter
     * @param weight [experts residual] its router in float64
     * @param batches its tokens
     * @param scale the source's share, divided by how many tokens there are
     * @param diagonal [experts residual] of S_d
     */
    private record Part(
            RouterCurvature curvature, Tensor weight, List<Batch> batches, double scale, Tensor diagonal) {
        /**
         * Some tokens in float64.
         *
         * @param x [tokens residual] what enters
         * @param wanted [tokens experts] scores by the source's router
         * @param p [tokens experts] of which the curvature is made
         */
        private record Batch(Tensor x, Tensor wanted, Tensor p) {}

        static Part of(Source source, RouterCurvature curvature) {
            Tensor weight = source.weight().to(DType.FLOAT64);
            Tensor diagonal = Tensor.zeros(DType.FLOAT64, weight.shape());
            double scale = source.share()
                    / source.batches().stream().mapToLong(batch -> batch.entering().length(0)).sum();
            List<Batch> batches = new ArrayList<>();
            for (Tokens some : source.batches()) {
                Tensor x = some.entering().to(DType.FLOAT64);
                try (Scope scope = Scope.open()) {
                    Tensor y = some.reference() == some.entering() ? x : some.reference().to(DType.FLOAT64);
                    Tensor wanted = y.matmul(weight.transpose(0, 1));
                    Tensor p = curvature.probabilities(source.bias()
                            .map(vector -> wanted.add(vector.to(DType.FLOAT64))).orElse(wanted));
                    InPlace.add(diagonal, curvature.diagonals(p).transpose(0, 1)
                            .matmul(x.multiply(x)).multiply(scale));
                    batches.add(new Batch(x, scope.keep(wanted), scope.keep(p)));
                }
            }
            return new Part(curvature, weight, batches, scale, diagonal);
        }

        /** S_d times a router. */
        Tensor times(Tensor router) {
            return mean(batch -> batch.x().matmul(router.transpose(0, 1)));
        }

        /** The mean of C times the scores that are wanted times xᵀ: S_d W_d wherever both are of one stream. */
        Tensor wanted() {
            return mean(Batch::wanted);
        }

        private Tensor mean(Function<Batch, Tensor> scores) {
            Tensor sum = Tensor.zeros(DType.FLOAT64, weight.shape());
            for (Batch batch : batches) {
                try (Scope scope = Scope.open()) {
                    Tensor weighed = curvature.times(batch.p(), scores.apply(batch)); // [tokens experts]
                    InPlace.add(sum, weighed.transpose(0, 1).matmul(batch.x()).multiply(scale));
                }
            }
            return sum;
        }
    }
}
