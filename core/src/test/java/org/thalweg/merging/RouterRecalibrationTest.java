package org.thalweg.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

class RouterRecalibrationTest {
    private static final int EXPERTS = 4;
    private static final int WIDTH = 6;
    private static final String NAME = "gate.weight";
    private static final RouterRecalibration EXACT = new RouterRecalibration(0.9, 1e-13, 1000);
    private static final RouterRecalibration PLAIN = new RouterRecalibration(1, 1e-13, 1000);

    private static Tensor normal(long seed, long... shape) {
        return Random.seeded(seed).normal(DType.FLOAT64, shape);
    }

    private static Tensor router(long seed) {
        return normal(seed, EXPERTS, WIDTH);
    }

    /** A source whose router is applied to what enters the merged model's, in two batches. */
    private static RouterRecalibration.Source source(Tensor router, Tensor tokens) {
        long half = tokens.length(0) / 2;
        return new RouterRecalibration.Source(1, router, Optional.empty(), List.of(
                both(tokens.narrow(0, 0, half)), both(tokens.narrow(0, half, tokens.length(0) - half))));
    }

    private static RouterRecalibration.Tokens both(Tensor tokens) {
        return new RouterRecalibration.Tokens(tokens, tokens);
    }

    private static void assertClose(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.subtract(expected).abs().max()).isLessThan(tolerance);
    }

    private static double distance(Tensor one, Tensor other) {
        return one.subtract(other).norm() / other.norm();
    }

    @ParameterizedTest
    @CsvSource({"NONE, 1", "NONE, 0.9", "SOFTMAX, 0.9", "SOFTMAX, 0.3", "SIGMOID, 1", "SIGMOID, 0.9"})
    void conjugateGradientsFindWhatEliminationFinds(RouterCurvature curvature, double offDiagonal) {
        try (Scope scope = Scope.open()) {
            List<RouterRecalibration.Source> sources = List.of(
                    source(router(1), normal(2, 30, WIDTH)), source(router(3), normal(4, 17, WIDTH).multiply(1.7)));
            RouterRecalibration.Solved solved =
                    new RouterRecalibration(offDiagonal, 1e-13, 1000).solve(NAME, router(5), sources, curvature);
            assertThat(solved.error()).isLessThan(1e-12);
            assertThat(solved.weight().toDoubles())
                    .containsExactly(DirectSolution.of(sources, curvature, offDiagonal), within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource(RouterCurvature.class)
    void biasesAndSourcesOwnStreamsEnterAsTheEquationsSay(RouterCurvature curvature) {
        try (Scope scope = Scope.open()) {
            List<RouterRecalibration.Source> sources = List.of(
                    new RouterRecalibration.Source(1, router(1), Optional.of(normal(6, EXPERTS)), List.of(
                            new RouterRecalibration.Tokens(normal(2, 20, WIDTH), normal(7, 20, WIDTH)))),
                    source(router(3), normal(4, 17, WIDTH)));
            RouterRecalibration.Solved solved = EXACT.solve(NAME, router(5), sources, curvature);
            assertThat(solved.weight().toDoubles())
                    .containsExactly(DirectSolution.of(sources, curvature, 0.9), within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource(RouterCurvature.class)
    void sourcesWithOneRouterGiveThatRouterBack(RouterCurvature curvature) {
        try (Scope scope = Scope.open()) {
            Tensor router = router(1);
            RouterRecalibration.Solved solved = EXACT.solve(NAME, router(5),
                    List.of(source(router, normal(2, 30, WIDTH)), source(router, normal(4, 9, WIDTH))), curvature);
            assertClose(solved.weight(), router, 1e-9);
        }
    }

    @Test
    void oneStreamAndNoCurvatureGiveTheMeanOfTheRouters() {
        try (Scope scope = Scope.open()) {
            Tensor tokens = normal(2, 30, WIDTH);
            Tensor mean = router(1).add(router(3)).multiply(0.5);
            List<RouterRecalibration.Source> sources = List.of(source(router(1), tokens), source(router(3), tokens));
            assertClose(EXACT.solve(NAME, router(5), sources, RouterCurvature.NONE).weight(), mean, 1e-9);
            // Curvature differs, and then it is no mean.
            assertThat(distance(EXACT.solve(NAME, router(5), sources, RouterCurvature.SOFTMAX).weight(), mean))
                    .isGreaterThan(0.05);
        }
    }

    @Test
    void sourcesCountByTheirShares() {
        try (Scope scope = Scope.open()) {
            RouterRecalibration.Source one = source(router(1), normal(2, 30, WIDTH));
            RouterRecalibration.Source other = source(router(3), normal(4, 17, WIDTH));
            List<RouterRecalibration.Source> unequal = List.of(shared(0.8, one), shared(0.2, other));
            assertThat(EXACT.solve(NAME, router(5), unequal, RouterCurvature.SOFTMAX).weight().toDoubles())
                    .containsExactly(DirectSolution.of(unequal, RouterCurvature.SOFTMAX, 0.9), within(1e-8));
            assertClose(EXACT.solve(NAME, router(5), List.of(one, shared(0, other)), RouterCurvature.SOFTMAX).weight(),
                    router(1), 1e-9);
            RouterRecalibration.Solved none = EXACT.solve(
                    NAME, router(5), List.of(shared(0, one), shared(0, other)), RouterCurvature.SOFTMAX);
            assertClose(none.weight(), router(5), 1e-15);
            assertThat(none.error()).isZero();
        }
    }

    private static RouterRecalibration.Source shared(double share, RouterRecalibration.Source source) {
        return new RouterRecalibration.Source(share, source.weight(), source.bias(), source.batches());
    }

    @Test
    void whereOnlyOneSourceHasTokensItsRouterCounts() {
        try (Scope scope = Scope.open()) {
            Tensor left = normal(2, 30, WIDTH).multiply(Tensor.of(new double[] {1, 1, 1, 0, 0, 0}, 1, WIDTH));
            Tensor right = normal(4, 30, WIDTH).multiply(Tensor.of(new double[] {0, 0, 0, 1, 1, 1}, 1, WIDTH));
            Tensor found = EXACT.solve(NAME, router(5), List.of(source(router(1), left), source(router(3), right)),
                    RouterCurvature.NONE).weight();
            assertClose(found.narrow(1, 0, 3), router(1).narrow(1, 0, 3), 1e-9);
            assertClose(found.narrow(1, 3, 3), router(3).narrow(1, 3, 3), 1e-9);
        }
    }

    @Test
    void fewerTokensThanTheStreamIsWideHaveOneAnswerWithTheDiagonal() {
        try (Scope scope = Scope.open()) {
            List<RouterRecalibration.Source> sources =
                    List.of(source(router(1), normal(2, 2, WIDTH)), source(router(3), normal(4, 2, WIDTH)));
            double[] expected = DirectSolution.of(sources, RouterCurvature.SOFTMAX, 0.9);
            for (long start : new long[] {5, 6}) {
                assertThat(EXACT.solve(NAME, router(start), sources, RouterCurvature.SOFTMAX).weight().toDoubles())
                        .containsExactly(expected, within(1e-7));
            }
        }
    }

    @Test
    void withoutTheDiagonalWhatNoTokenShowedStaysAsMerged() {
        try (Scope scope = Scope.open()) {
            Tensor tokens = normal(2, 2, WIDTH).multiply(Tensor.of(new double[] {1, 1, 1, 1, 0, 1}, 1, WIDTH));
            Tensor start = router(5);
            RouterRecalibration.Solved solved =
                    PLAIN.solve(NAME, start, List.of(source(router(1), tokens)), RouterCurvature.NONE);
            assertClose(solved.weight().matmul(tokens.transpose(0, 1)),
                    router(1).matmul(tokens.transpose(0, 1)), 1e-9);
            assertClose(solved.weight().narrow(1, 4, 1), start.narrow(1, 4, 1), 1e-12);
            assertThat(distance(solved.weight(), router(1))).isGreaterThan(0.1);
        }
    }

    @Test
    void theSourcesOwnStreamIsUndoneWhereTheMergedOneIsTurned() {
        try (Scope scope = Scope.open()) {
            Tensor own = normal(2, 40, WIDTH);
            Tensor turn = LinearAlgebra.orthonormalColumns(normal(8, WIDTH, WIDTH));
            Tensor entering = own.matmul(turn);
            RouterRecalibration.Source told = new RouterRecalibration.Source(1, router(1), Optional.empty(),
                    List.of(new RouterRecalibration.Tokens(entering, own)));
            Tensor expected = router(1).matmul(turn);
            assertClose(PLAIN.solve(NAME, router(5), List.of(told), RouterCurvature.SIGMOID).weight(), expected, 1e-9);
            // The paper's own choice leaves a source's router as it is.
            assertClose(PLAIN.solve(NAME, router(5), List.of(source(router(1), entering)), RouterCurvature.SIGMOID)
                    .weight(), router(1), 1e-9);
            assertThat(distance(expected, router(1))).isGreaterThan(0.5);
        }
    }

    @Test
    void stepsThatDoNotSufficeAreTold() {
        try (Scope scope = Scope.open()) {
            List<RouterRecalibration.Source> sources =
                    List.of(source(router(1), normal(2, 30, WIDTH)), source(router(3), normal(4, 30, WIDTH)));
            RouterRecalibration.Solved one =
                    new RouterRecalibration(0.9, 1e-13, 1).solve(NAME, router(5), sources, RouterCurvature.SOFTMAX);
            assertThat(one.steps()).isEqualTo(1);
            assertThat(one.error()).isGreaterThan(1e-3).isLessThan(1);
            RouterRecalibration.Solved usual =
                    RouterRecalibration.USUAL.solve(NAME, router(5), sources, RouterCurvature.SOFTMAX);
            assertThat(usual.error()).isLessThan(2e-8);
            assertThat(usual.steps()).isLessThan(60);
        }
    }

    @Test
    void inputsOfFloat32AndRoutersOf16BitsAreTakenAsTheyAre() {
        try (Scope scope = Scope.open()) {
            Tensor router = router(1).to(DType.BFLOAT16);
            Tensor tokens = normal(2, 30, WIDTH).to(DType.FLOAT32);
            RouterRecalibration.Solved solved = EXACT.solve(
                    NAME, router(5).to(DType.BFLOAT16), List.of(source(router, tokens)), RouterCurvature.SOFTMAX);
            assertThat(solved.weight().dtype()).isEqualTo(DType.FLOAT64);
            assertClose(solved.weight(), router.to(DType.FLOAT64), 1e-9);
        }
    }

    @Test
    void whatIsNotFiniteIsRefusedByTheRoutersName() {
        try (Scope scope = Scope.open()) {
            Tensor tokens = normal(2, 4, WIDTH).multiply(Double.POSITIVE_INFINITY);
            List<RouterRecalibration.Source> sources = List.of(source(router(1), tokens));
            assertThatThrownBy(() -> EXACT.solve(NAME, router(5), sources, RouterCurvature.SOFTMAX))
                    .isInstanceOf(WorkFailure.class).hasMessageContaining("'" + NAME + "'");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1e-8, 10", "1.1, 1e-8, 10", "NaN, 1e-8, 10", "0.9, 0, 10", "0.9, 1e-8, 0"})
    void numbersOutOfRangeAreRefused(double offDiagonal, double tolerance, int steps) {
        assertThatThrownBy(() -> new RouterRecalibration(offDiagonal, tolerance, steps)).isInstanceOf(WrongUse.class);
    }
}
