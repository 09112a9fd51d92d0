package org.thalweg.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What the type of matrix products does to an assignment: hidden units of two models, weights stored in bfloat16, are
 * matched by products in float64, float32 and bfloat16, each assignment solved exactly for its own matrix. Prints the
 * time of the product, in how many places the order is that of float64, and how much of the float64 similarity that
 * the best order reaches it loses.
 *
 * <p>Options: {@code units=4096 columns=4096 threads=2 seed=1}. Cases: B is A with noise of 0.1 and of 1 times each
 * weight's deviation, and B unrelated to A.
 */
public final class ProductPrecision {
    private ProductPrecision() {}

    /**
     * Runs all cases.
     *
     * @param arguments options
     */
    public static void main(String[] arguments) {
        Options options = Options.of(arguments, Map.of("units", 4096, "columns", 4096, "threads", 2, "seed", 1));
        Engine.useThreadsPerOperation(options.get("threads"));
        Map<String, Object> document = Measured.document("product precision");
        document.put("options", options.values());
        List<Object> rows = new ArrayList<>();
        for (double noise : new double[] {0.1, 1, Double.POSITIVE_INFINITY}) {
            rows.addAll(Gradients.without(() -> measured(options, noise)));
        }
        document.put("rows", rows);
        System.out.println(Measured.json(document));
    }

    private static List<Object> measured(Options options, double noise) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(options.get("seed"));
            int units = options.get("units");
            Tensor a = random.normal(DType.FLOAT32, units, options.get("columns"));
            Tensor other = random.normal(DType.FLOAT32, units, options.get("columns"));
            Tensor first = a.to(DType.BFLOAT16);
            Tensor second = (Double.isInfinite(noise) ? other : a.add(other.multiply(noise))).to(DType.BFLOAT16);
            Tensor exact = product(first, second, DType.FLOAT64);
            int[] best = solved(exact).columnOfRow();
            List<Object> rows = new ArrayList<>();
            for (DType type : List.of(DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16)) {
                try (Scope one = Scope.open()) {
                    product(first, second, type);
                    long start = System.nanoTime();
                    Tensor matrix = product(first, second, type);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    int[] order = solved(matrix).columnOfRow();
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("noise", Double.isInfinite(noise) ? "unrelated" : noise);
                    row.put("product", type.name().toLowerCase(Locale.ROOT));
                    row.put("seconds", seconds);
                    row.put("same_places", same(order, best));
                    row.put("similarity_lost", 1 - sum(exact, order) / sum(exact, best));
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    private static Tensor product(Tensor first, Tensor second, DType type) {
        try (Scope scope = Scope.open()) {
            return scope.keep(first.to(type).matmul(second.to(type).transpose(0, 1)));
        }
    }

    private static Assignment solved(Tensor gains) {
        return new AssignmentSolver().solve(AssignmentProblem.maximize(gains.toFloatRows()));
    }

    private static double same(int[] one, int[] other) {
        int count = 0;
        for (int i = 0; i < one.length; i++) {
            count += one[i] == other[i] ? 1 : 0;
        }
        return (double) count / one.length;
    }

    private static double sum(Tensor gains, int[] order) {
        return gains.gather(1, Tensor.indices(order).unsqueeze(1)).sum().item();
    }
}
