package org.thalweg.benchmarks.large;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.benchmarks.Measured;
import org.thalweg.benchmarks.Options;
import org.thalweg.model.Checking;
import org.thalweg.network.Inputs;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Engine;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * Times the matrix products without which two models of a shape cannot be aligned, compared or brought into canonical
 * form, and nothing else: no reading, no conversion, no assignment. Options {@code shape=S threads=2}; prints one JSON
 * document. One product of each shape is timed, the median of three after one that is not counted, and multiplied by
 * how many there are.
 *
 * <p>Alignment, in float32: for hidden units of every feed-forward network and matched pair of experts three products
 * [h d]·[d h]; for the costs of experts (arXiv 2509.11348, Eq 11) the Gram matrices of three maps of every expert of
 * both models and the inner products of all pairs of them, or ‖XYᵀ‖² of all pairs, whichever takes fewer
 * multiplications; for heads the inner products of all pairs through queries, keys, values and outputs. The residual
 * stream counts as known.
 *
 * <p>A forward pass, in float32 and float64: the maps of every layer and the head on as many tokens as commands compare
 * models on by default; experts have the tokens that fall to them evenly. Scores of attention are left out, since they
 * take next to nothing.
 *
 * <p>Canonical forms, in float64: Gram matrices of queries, keys, values and outputs of every head. All else is one
 * pass over the weights.
 */
public final class NecessaryProducts {
    /** Numbers of all Gram matrices of one model that are multiplied at a time. */
    private static final long GRAM_BLOCK = 1L << 25;
    private static final int TURNS = 3;

    private final Map<MatrixProduct, Double> known = new HashMap<>();

    private NecessaryProducts() {}

    /**
     * A product of two matrices, [m k]·[k n].
     *
     * @param dtype element type
     * @param m rows of the result
     * @param k summands of each number of the result
     * @param n columns of the result
     */
    private record MatrixProduct(DType dtype, long m, long k, long n) {
        private static MatrixProduct single(long m, long k, long n) {
            return new MatrixProduct(DType.FLOAT32, m, k, n);
        }

        private double operations() {
            return 2.0 * m * k * n;
        }
    }

    /**
     * Products of one shape.
     *
     * @param part of the work
     * @param product one of them
     * @param count how many there are
     */
    private record Counted(String part, MatrixProduct product, double count) {}

    /**
     * Runs the program.
     *
     * @param arguments options as above
     */
    public static void main(String[] arguments) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("shape", "S");
        defaults.put("threads", 2);
        Options options = Options.of(arguments, defaults);
        Engine.useThreadsPerOperation(options.get("threads"));
        ModelShape shape = ModelShape.of(options.text("shape"));
        Map<String, Object> document = Measured.document("necessary products");
        document.put("shape", shape.label());
        document.put("threads", options.get("threads"));
        NecessaryProducts times = new NecessaryProducts();
        List<Map<String, Object>> products = new ArrayList<>();
        document.put("align", times.seconds(alignment(shape), products));
        document.put("forward_float32", times.seconds(forward(shape, DType.FLOAT32), products));
        document.put("forward_float64", times.seconds(forward(shape, DType.FLOAT64), products));
        document.put("canonical", times.seconds(canonical(shape), products));
        document.put("products", products);
        System.out.println(Measured.json(document));
    }

    private static List<Counted> alignment(ModelShape shape) {
        List<Counted> all = new ArrayList<>();
        long d = shape.width();
        long h = shape.hidden();
        long shared = (long) shape.groups() * shape.headSize();
        all.add(new Counted("hidden units", MatrixProduct.single(h, d, h), 3.0 * shape.layers() * shape.experts()));
        if (shape.experts() > 1) {
            all.addAll(expertCosts(shape));
        }
        all.add(new Counted("queries and outputs of heads", MatrixProduct.single(d, d, d), 2.0 * shape.layers()));
        all.add(new Counted("keys and values of heads", MatrixProduct.single(shared, d, shared), 2.0 * shape.layers()));
        // The basis of the stream is matched by all weights that run over it.
        all.add(new Counted("residual stream: feed-forward networks",
                MatrixProduct.single(d, h, d), 3.0 * shape.layers() * shape.experts()));
        all.add(new Counted("residual stream: queries and outputs",
                MatrixProduct.single(d, d, d), 2.0 * shape.layers()));
        all.add(new Counted("residual stream: keys and values",
                MatrixProduct.single(d, shared, d), 2.0 * shape.layers()));
        all.add(new Counted("residual stream: embedding and head", MatrixProduct.single(d, shape.vocabulary(), d), 2));
        return all;
    }

    private static List<Counted> expertCosts(ModelShape shape) {
        double n = shape.experts();
        double d = shape.width();
        double h = shape.hidden();
        double maps = 3.0 * shape.layers();
        boolean byGrams = 2 * n * h * d * d + n * n * d * d <= n * n * h * h * d;
        if (!byGrams) {
            return List.of(new Counted("costs of experts: pairs",
                    MatrixProduct.single(shape.hidden(), shape.width(), shape.hidden()), maps * n * n));
        }
        long entries = Math.min((long) shape.width() * shape.width(), GRAM_BLOCK / shape.experts());
        return List.of(
                new Counted("costs of experts: Gram matrices",
                        MatrixProduct.single(shape.width(), shape.hidden(), shape.width()), maps * 2 * n),
                new Counted("costs of experts: pairs",
                        MatrixProduct.single(shape.experts(), entries, shape.experts()), maps * d * d / entries));
    }

    private static List<Counted> forward(ModelShape shape, DType dtype) {
        List<Counted> all = new ArrayList<>();
        long tokens = (long) Checking.defaults().probes() * Inputs.RANDOM_LENGTH;
        long d = shape.width();
        long h = shape.hidden();
        long shared = (long) shape.groups() * shape.headSize();
        long rows = Math.ceilDiv(tokens * shape.chosen(), (long) shape.experts());
        double layers = shape.layers();
        String start = "forward " + dtype + ": ";
        all.add(new Counted(start + "queries and outputs", new MatrixProduct(dtype, tokens, d, d), 2 * layers));
        all.add(new Counted(start + "keys and values", new MatrixProduct(dtype, tokens, d, shared), 2 * layers));
        double experts = layers * shape.experts();
        all.add(new Counted(start + "hidden units", new MatrixProduct(dtype, rows, d, h), 2 * experts));
        all.add(new Counted(start + "their outputs", new MatrixProduct(dtype, rows, h, d), experts));
        all.add(new Counted(start + "head", new MatrixProduct(dtype, tokens, d, shape.vocabulary()), 1));
        return all;
    }

    private static List<Counted> canonical(ModelShape shape) {
        long size = shape.headSize();
        double heads = 2.0 * shape.layers() * (shape.heads() + shape.groups());
        return List.of(new Counted("canonical: Gram matrices of heads",
                new MatrixProduct(DType.FLOAT64, size, shape.width(), size), heads));
    }

    /** The time of all, each noted. */
    private double seconds(List<Counted> counted, List<Map<String, Object>> notes) {
        double sum = 0;
        for (Counted one : counted) {
            double each = known.computeIfAbsent(one.product(), NecessaryProducts::time);
            sum += each * one.count();
            Map<String, Object> note = new LinkedHashMap<>();
            note.put("part", one.part());
            note.put("m", one.product().m());
            note.put("k", one.product().k());
            note.put("n", one.product().n());
            note.put("count", one.count());
            note.put("seconds_each", each);
            note.put("seconds", each * one.count());
            note.put("gigaflops", one.product().operations() / each / 1e9);
            notes.add(note);
        }
        return sum;
    }

    private static double time(MatrixProduct product) {
        try (Scope scope = Scope.open()) {
            Random random = Random.seeded(1);
            Tensor left = random.normal(product.dtype(), product.m(), product.k());
            Tensor right = random.normal(product.dtype(), product.n(), product.k()).transpose(0, 1);
            double[] seconds = new double[TURNS];
            for (int turn = -1; turn < TURNS; turn++) {
                long start = System.nanoTime();
                left.matmul(right).close();
                if (turn >= 0) {
                    seconds[turn] = (System.nanoTime() - start) / 1e9;
                }
            }
            return Measured.median(seconds);
        }
    }
}
