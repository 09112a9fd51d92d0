package org.thalweg.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.assignment.CostMatrix;
import org.thalweg.assignment.Objective;
import org.thalweg.checkpoint.NumpyFile;

/**
 * Solves on request, so that another program can take turns with it: {@code benchmarks/assignment/compare_scipy.py}
 * times SciPy and this process on the same files.
 *
 * <p>Each line on standard input is a request, each answered by one line: {@code load FILE} reads a matrix and solves
 * it until the compiler had its chance; {@code again FILE} reads a matrix like the last and starts later solves from
 * the last one's duals; {@code solve N} solves N times and answers {@code cpuSeconds wallSeconds cost gap}, the seconds
 * per solve; {@code quit} ends.
 */
public final class AssignmentTimings {
    private static final double WARM_UP_SECONDS = 1.0;
    private static final int WARM_UP_SOLVES = 3;

    private final AssignmentSolver solver = new AssignmentSolver();
    private AssignmentProblem problem = AssignmentProblem.minimize(new float[0][0]);
    private double[] warm = new double[0];

    private AssignmentTimings() {}

    /**
     * Answers requests until {@code quit} or the end of input.
     *
     * @param arguments none
     * @throws IOException when standard input fails
     */
    public static void main(String[] arguments) throws IOException {
        AssignmentTimings timings = new AssignmentTimings();
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null && !line.equals("quit"); line = requests.readLine()) {
            System.out.println(timings.answer(line.split(" ", 2)));
            System.out.flush();
        }
    }

    private String answer(String[] request) {
        return switch (request[0]) {
            case "load" -> load(Path.of(request[1]), new double[0]);
            case "again" -> load(Path.of(request[1]), solver.solve(problem, warm).columnDuals());
            case "solve" -> solve(Integer.parseInt(request[1]));
            default -> throw new IllegalArgumentException("no such request: " + Arrays.toString(request));
        };
    }

    private String load(Path file, double[] duals) {
        CostMatrix cost =
                NumpyFile.readMatrix(file, CostMatrix.Builder::new, CostMatrix.Builder::set).matrix();
        problem = new AssignmentProblem(cost, Objective.MINIMIZE);
        warm = duals;
        long end = System.nanoTime() + (long) (WARM_UP_SECONDS * 1e9);
        int solves = 0;
        while (solves < WARM_UP_SOLVES || System.nanoTime() < end) {
            solver.solve(problem, warm);
            solves++;
        }
        return "loaded";
    }

    private String solve(int times) {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long wall = System.nanoTime();
        Assignment answer = solver.solve(problem, warm);
        for (int k = 1; k < times; k++) {
            answer = solver.solve(problem, warm);
        }
        double wallSeconds = (System.nanoTime() - wall) / 1e9 / times;
        double cpuSeconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9 / times;
        return String.format(Locale.ROOT, "%.9f %.9f %.17g %.6g", cpuSeconds, wallSeconds, answer.cost(),
                answer.dualityGap());
    }
}
