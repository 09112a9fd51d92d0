package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The graphs of a study. Features of every family are aligned to one number of them by the singular vectors of the
 * family's training graphs, as GMoPE does it (arXiv 2511.03251, section 3): projected, scaled to mean square 1, and
 * filled up with 0.
 *
 * @param nodes of every graph
 * @param features of a node after alignment
 * @param density factor of the chances of links
 * @param training graphs of a family of the pre-training
 * @param test graphs of every family that no training sees
 * @param shots labelled nodes of each class, and graphs, of the family that is transferred to
 */
record GraphData(int nodes, int features, double density, int training, int test, int shots) {
    /** The families of the pre-training. */
    static final List<GraphSource> FAMILIES = List.of(
            GraphSource.HOMOPHILIC, GraphSource.HETEROPHILIC, GraphSource.RING, GraphSource.GRID);
    private static final double HELD_OUT = 0.2;

    /**
     * Reads the sizes and draws every graph once.
     *
     * @throws WrongUse when sizes make no graph, or a graph has too few edges to learn links from
     */
    static GraphData of(Settings settings) {
        GraphData data = new GraphData(settings.whole("nodes"), settings.whole("features"),
                settings.number("density"), settings.whole("graphs"), settings.whole("test_graphs"),
                settings.whole("shots"));
        if (data.nodes < 4 || GraphSource.rows(data.nodes) < 2) {
            throw new WrongUse("settings.nodes is " + data.nodes + " but the grid needs 2 rows and columns or more of "
                    + "equal length; choose a number such as 24.");
        }
        if (!(data.density >= 0 && data.density < Double.POSITIVE_INFINITY)) {
            throw new WrongUse("settings.density is " + data.density + " but must be a number from 0 on.");
        }
        FAMILIES.forEach(family -> data.requireEdges(family, data.training + data.test));
        data.requireEdges(GraphSource.BRIDGED, data.shots + data.test);
        return data;
    }

    private void requireEdges(GraphSource family, int count) {
        for (int number = 0; number < count; number++) {
            int edges = family.draw(number, nodes, density).countEdges();
            if (edges < 2) {
                throw new WrongUse("graph " + number + " of the family '" + family.label() + "' has "
                        + (edges == 0 ? "no edges" : "1 edge") + ", expected 2 or more, of which one is predicted and "
                        + "one seen; raise settings.density.");
            }
        }
    }

    /** Graphs of the pre-training with the pairs to be predicted, one family after the other. */
    GraphExamples links(boolean isTest) {
        List<float[]> graphs = new ArrayList<>();
        List<long[]> answers = new ArrayList<>();
        for (GraphSource family : FAMILIES) {
            Basis basis = basis(family, training);
            numbers(training, isTest).forEach(number -> {
                GraphSource.Drawn graph = family.draw(number, nodes, density);
                long[] asked = hide(graph.edges(), new SplittableRandom(Random.childSeed(
                        MoeSystem.DATA_SEED, "links of graph " + number + " of " + family.label())));
                graphs.add(flat(graph, basis));
                answers.add(asked);
            });
        }
        return new GraphExamples(graphs, answers, 2);
    }

    /** Graphs of the family that is transferred to: one labelled node of each class, or in a test all. */
    GraphExamples classes(boolean isTest) {
        Basis basis = basis(GraphSource.BRIDGED, shots);
        List<float[]> graphs = new ArrayList<>();
        List<long[]> answers = new ArrayList<>();
        numbers(shots, isTest).forEach(number -> {
            GraphSource.Drawn graph = GraphSource.BRIDGED.draw(number, nodes, density);
            long[] labels = new long[nodes];
            boolean[] seen = new boolean[GraphSource.CLASSES];
            for (int node = 0; node < nodes; node++) {
                int own = graph.classes()[node];
                labels[node] = isTest || !seen[own] ? own : Examples.IGNORED;
                seen[own] = true;
            }
            graphs.add(flat(graph, basis));
            answers.add(labels);
        });
        return new GraphExamples(graphs, answers, GraphSource.CLASSES);
    }

    private IntStream numbers(int seen, boolean isTest) {
        return isTest ? IntStream.range(seen, seen + test) : IntStream.range(0, seen);
    }

    /** Takes some edges out of a graph and asks about them, and about as many pairs without one. */
    private long[] hide(boolean[][] edges, SplittableRandom random) {
        List<int[]> linked = new ArrayList<>();
        List<int[]> apart = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < i; j++) {
                (edges[i][j] ? linked : apart).add(new int[] {i, j});
            }
        }
        long[] asked = new long[nodes * nodes];
        Arrays.fill(asked, Examples.IGNORED);
        int count = Math.max(1, (int) Math.round(HELD_OUT * linked.size()));
        for (int number = 0; number < count; number++) {
            int[] pair = linked.remove(random.nextInt(linked.size()));
            edges[pair[0]][pair[1]] = false;
            edges[pair[1]][pair[0]] = false;
            ask(asked, pair, 1);
            if (!apart.isEmpty()) {
                ask(asked, apart.remove(random.nextInt(apart.size())), 0);
            }
        }
        return asked;
    }

    private void ask(long[] asked, int[] pair, long answer) {
        asked[pair[0] * nodes + pair[1]] = answer;
        asked[pair[1] * nodes + pair[0]] = answer;
    }

    /**
     * How features of a family are aligned.
     *
     * @param vectors [own aligned], scaled
     */
    private record Basis(double[][] vectors) {}

    private Basis basis(GraphSource family, int count) {
        try (Scope scope = Scope.open()) {
            double[] rows = IntStream.range(0, count).boxed()
                    .flatMap(number -> Arrays.stream(family.draw(number, nodes, density).features()))
                    .flatMapToDouble(Arrays::stream).toArray();
            Tensor all = Tensor.of(rows, (long) count * nodes, family.features());
            LinearAlgebra.Svd svd = LinearAlgebra.svd(all);
            double[] values = svd.s().toDoubles();
            double[] right = svd.v().contiguous().toDoubles(); // [own own]
            int kept = Math.min(features, values.length);
            double squares = Arrays.stream(values, 0, kept).map(value -> value * value).sum();
            double scale = Math.sqrt(count * (double) nodes * kept / squares);
            double[][] vectors = new double[family.features()][features];
            for (int column = 0; column < kept; column++) {
                double largest = 0;
                for (int row = 0; row < vectors.length; row++) {
                    double entry = right[row * values.length + column];
                    largest = Math.abs(entry) > Math.abs(largest) ? entry : largest;
                }
                for (int row = 0; row < vectors.length; row++) {
                    vectors[row][column] = Math.signum(largest) * scale * right[row * values.length + column];
                }
            }
            return new Basis(vectors);
        }
    }

    private float[] flat(GraphSource.Drawn graph, Basis basis) {
        float[] numbers = new float[nodes * (nodes + features)];
        for (int node = 0; node < nodes; node++) {
            for (int other = 0; other < nodes; other++) {
                numbers[node * nodes + other] = graph.edges()[node][other] ? 1 : 0;
            }
            double[] own = graph.features()[node];
            for (int feature = 0; feature < features; feature++) {
                double sum = 0;
                for (int i = 0; i < own.length; i++) {
                    sum += own[i] * basis.vectors[i][feature];
                }
                numbers[nodes * nodes + node * features + feature] = (float) sum;
            }
        }
        return numbers;
    }
}
