package org.thalweg.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.assignment.ReferenceSolver;

/**
 * The assignment solver, cold and from the duals of a matrix that differs by 2 %, against the textbook's algorithm.
 * Sizes are odd on purpose: vector loops have remainders.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AssignmentBenchmark {
    /** What the matrix is like. */
    public enum Kind {
        /** Independent uniform entries. */
        UNIFORM,
        /** {@code -A Bᵀ} of Gaussian matrices with 64 columns. */
        GAUSSIAN,
        /** The same with log-normal row norms, which makes lines of columns in demand. */
        HEAVY_TAILED,
        /** The same with three in ten rows and columns a ten-thousandth as large. */
        DEAD_UNITS,
        /** Integers 0, 1 and 2. */
        TIES
    }

    /** What the matrix is like. */
    @Param
    public Kind kind;

    /** Rows and columns. */
    @Param({"61", "509", "1021"})
    public int size;

    private final AssignmentSolver solver = new AssignmentSolver();
    private float[][] cost;
    private AssignmentProblem problem;
    private double optimum;
    private double[] similarDuals;

    /** Makes the matrix and its neighbour, and solves both once by the textbook. */
    @Setup
    public void prepare() {
        Random random = new Random(size);
        cost = matrix(random);
        problem = AssignmentProblem.minimize(cost);
        optimum = ReferenceSolver.optimum(cost);
        float[][] similar = new float[size][size];
        double scale = Math.abs(optimum) / size;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                similar[i][j] = (float) (cost[i][j] + 0.02 * scale * random.nextGaussian());
            }
        }
        similarDuals = solver.solve(AssignmentProblem.minimize(similar)).columnDuals();
    }

    /**
     * The solver without a warm start.
     *
     * @return the optimal cost
     */
    @Benchmark
    public double cold() {
        return checked(solver.solve(problem));
    }

    /**
     * The solver with the duals of the neighbouring matrix.
     *
     * @return the optimal cost
     */
    @Benchmark
    public double warm() {
        return checked(solver.solve(problem, similarDuals));
    }

    /**
     * The textbook's algorithm.
     *
     * @return the optimal cost
     */
    @Benchmark
    public double textbook() {
        return ReferenceSolver.optimum(cost);
    }

    private double checked(Assignment answer) {
        double tolerance = 1e-9 * Math.max(1, Math.abs(optimum));
        if (Math.abs(answer.cost() - optimum) > tolerance || answer.dualityGap() > tolerance) {
            throw new IllegalStateException("cost " + answer.cost() + " with gap " + answer.dualityGap()
                    + " where the textbook finds " + optimum);
        }
        return answer.cost();
    }

    private float[][] matrix(Random random) {
        if (kind == Kind.UNIFORM || kind == Kind.TIES) {
            float[][] cost = new float[size][size];
            for (float[] row : cost) {
                for (int j = 0; j < size; j++) {
                    row[j] = kind == Kind.TIES ? random.nextInt(3) : random.nextFloat();
                }
            }
            return cost;
        }
        float[][] a = factor(random);
        float[][] b = factor(random);
        float[][] cost = new float[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                for (int k = 0; k < a[i].length; k++) {
                    cost[i][j] -= a[i][k] * b[j][k];
                }
            }
        }
        return cost;
    }

    private float[][] factor(Random random) {
        float[][] factor = new float[size][64];
        for (float[] row : factor) {
            double scale = switch (kind) {
                case HEAVY_TAILED -> Math.exp(0.4 * random.nextGaussian());
                case DEAD_UNITS -> random.nextInt(10) < 3 ? 1e-4 : 1;
                case UNIFORM, GAUSSIAN, TIES -> 1;
            };
            for (int k = 0; k < row.length; k++) {
                row[k] = (float) (scale * random.nextGaussian());
            }
        }
        return factor;
    }
}
