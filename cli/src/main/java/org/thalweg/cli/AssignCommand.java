package org.thalweg.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.assignment.InfeasibleAssignmentException;
import org.thalweg.assignment.Objective;
import org.thalweg.checkpoint.NumpyFile;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.DurableFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg assign}: solves one assignment problem from a file and prints its certificate. */
@Command(name = "assign", mixinStandardHelpOptions = true,
        description = "Find the best one-to-one assignment of the rows of a matrix to its columns.")
public final class AssignCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "COST", description = "the matrix: a NumPy .npy file, or a .safetensors file")
    private Path cost;

    @Option(names = "--tensor", paramLabel = "NAME",
            description = "which tensor of a .safetensors file; the only matrix in it when absent")
    private Optional<String> tensor = Optional.empty();

    @Option(names = "--maximize", description = "make the sum as large as possible instead of as small")
    private boolean maximize;

    @Mixin
    private JsonOption json;

    @Option(names = "--out", paramLabel = "FILE.npy", description = "write the column of each row there, as int64")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "1",
            description = "solve N times and report the median time (default: ${DEFAULT-VALUE})")
    private int repeat;

    /** A command without arguments yet; the command line sets them. */
    public AssignCommand() {}

    /**
     * Reads, solves, writes and prints.
     *
     * @return 0
     * @throws WrongUse when an argument makes no sense
     * @throws WorkFailure when the file cannot be read, its numbers are no costs, or no assignment exists
     */
    @Override
    public Integer call() {
        if (repeat < 1) {
            throw new WrongUse("--repeat must be at least 1, not " + repeat + ".");
        }
        out.ifPresent(DurableFile::requireWritable);
        AssignmentProblem problem = new AssignmentProblem(
                CostFile.read(cost, tensor), maximize ? Objective.MAXIMIZE : Objective.MINIMIZE);
        double[] seconds = new double[repeat];
        Assignment answer = solve(problem, seconds);
        int[] columnOfRow = answer.columnOfRow();
        out.ifPresent(file -> NumpyFile.writeIndices(file, columnOfRow));
        Arrays.sort(seconds);
        double median = (seconds[(repeat - 1) / 2] + seconds[repeat / 2]) / 2;
        Answer.print(spec.commandLine().getOut(), json.isAsked(),
                () -> document(problem, answer, median), () -> lines(problem, answer, median));
        return 0;
    }

    private Assignment solve(AssignmentProblem problem, double[] seconds) {
        AssignmentSolver solver = new AssignmentSolver();
        Optional<Assignment> answer = Optional.empty();
        for (int k = 0; k < seconds.length; k++) {
            long start = System.nanoTime();
            try {
                answer = Optional.of(solver.solve(problem));
            } catch (IllegalArgumentException | InfeasibleAssignmentException refused) {
                throw new WorkFailure(cost + ": " + refused.getMessage(), refused);
            }
            seconds[k] = (System.nanoTime() - start) / 1e9;
        }
        return answer.orElseThrow();
    }

    private static Map<String, Object> document(AssignmentProblem problem, Assignment answer, double median) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("rows", problem.rows());
        keys.put("columns", problem.columns());
        keys.put("cost", answer.cost());
        keys.put("gap", answer.dualityGap());
        keys.put("solve_seconds", median);
        keys.put("column_of_row", answer.columnOfRow());
        return keys;
    }

    private static List<String> lines(AssignmentProblem problem, Assignment answer, double median) {
        // The cost in the fewest digits that tell it from other doubles: rounded, it may be that of another assignment.
        return List.of(
                String.format(Locale.ROOT, "rows %d, columns %d", problem.rows(), problem.columns()),
                "cost " + answer.cost(),
                String.format(Locale.ROOT, "duality gap %.3g", answer.dualityGap()),
                String.format(Locale.ROOT, "solved in %.6f s", median));
    }
}
