package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WrongUse;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.LinearAlgebra;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The graphs of a study. Features of every family are projected to one number of them on the singular vectors of the
 * family's training graphs, as GMoPE aligns them (arXiv 2511.03251), scaled to mean square 1, and filled up with 0.
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

    /** Graphs as the network takes them, with an answer for each node or for each pair of nodes. */
    record Graphs(List<float[]> graphs, List<long[]> answers, int classes) implements Examples {
        @Override
        public int size() {
            return graphs.size();
        }

        @Override
        public Tensor inputs(int[] indices) {
            return Tensor.stack(Arrays.stream(indices)
                    .mapToObj(i -> Tensor.of(graphs.get(i), graphs.get(i).length)).toList(), 0);
        }

        @Override
        public Tensor labels(int[] indices) {
            return Tensor.stack(Arrays.stream(indices)
                    .mapToObj(i -> Tensor.of(answers.get(i), answers.get(i).length)).toList(), 0);
        }
    }

    /**
     * Reads the sizes and draws every graph once.
     *
     * @throws WrongUse when sizes make no graph, or a graph has too few edges to learn links from
     */
    static GraphData of(Settings settings) {
        GraphData data = new GraphData(settings.whole("nodes"), settings.whole("features"),
                settings.number("density"), settings.whole("graphs"), settings.whole("test_graphs"),
                settings.whole("shots"));
        if (data.nodes % GraphSource.ROWS > 0 || data.nodes < 2 * GraphSource.ROWS) {
            throw new WrongUse("settings.nodes is " + data.nodes + " but the grid has 4 rows of 2 nodes or more; "
                    + "choose a multiple of 4 such as 24.");
        }
        FAMILIES.forEach(family -> data.requireEdges(family, data.training + data.test));
        data.requireEdges(GraphSource.BRIDGED, data.shots + data.test);
        return data;
    }

    private void requireEdges(GraphSource family, int count) {
        for (int number = 0; number < count; number++) {
            GraphSource.Drawn graph = family.draw(number, nodes, density);
            int edges = pairs(graph, true).size();
            if (edges < 2 || pairs(graph, false).isEmpty()) {
                throw new WrongUse("graph " + number + " of the family '" + family.label() + "' has "
                        + (edges == 0 ? "no edges" : edges < 2 ? "1 edge" : "all edges there can be")
                        + "; of its edges one is predicted and another seen, and one pair has none; change "
                        + "settings.density.");
            }
        }
    }

    private List<int[]> pairs(GraphSource.Drawn graph, boolean areLinked) {
        return IntStream.range(0, nodes).boxed()
                .flatMap(i -> IntStream.range(0, i).mapToObj(j -> new int[] {i, j}))
                .filter(pair -> graph.edges()[pair[0]][pair[1]] == areLinked).toList();
    }

    /** Graphs of the pre-training with the pairs to be predicted, one family after the other. */
    Graphs links(boolean isTest) {
        Graphs all = new Graphs(new ArrayList<>(), new ArrayList<>(), 2);
        FAMILIES.forEach(family -> add(all, family, isTest ? training : 0, isTest ? test : training));
        return all;
    }

    /** Graphs of the family that is transferred to: one labelled node of each class, or in a test all. */
    Graphs classes(boolean isTest) {
        Graphs all = new Graphs(new ArrayList<>(), new ArrayList<>(), GraphSource.CLASSES);
        add(all, GraphSource.BRIDGED, isTest ? shots : 0, isTest ? test : shots);
        return all;
    }

    private void add(Graphs all, GraphSource family, int first, int count) {
        boolean areNodes = family == GraphSource.BRIDGED;
        try (Scope scope = Scope.open()) {
            Tensor basis = basis(family, areNodes ? shots : training);
            for (int number = first; number < first + count; number++) {
                GraphSource.Drawn graph = family.draw(number, nodes, density);
                all.answers.add(areNodes ? labels(graph, first > 0) : hide(graph, family, number));
                float[] numbers = Arrays.copyOf(
                        rows(Stream.of(graph.features())).matmul(basis).toFloats(), nodes * (features + nodes));
                System.arraycopy(numbers, 0, numbers, nodes * nodes, nodes * features);
                for (int pair = 0; pair < nodes * nodes; pair++) {
                    numbers[pair] = graph.edges()[pair / nodes][pair % nodes] ? 1 : 0;
                }
                all.graphs.add(numbers);
            }
        }
    }

    private static long[] labels(GraphSource.Drawn graph, boolean areAll) {
        boolean[] seen = new boolean[GraphSource.CLASSES];
        return Arrays.stream(graph.classes()).mapToLong(own -> {
            boolean isLabelled = areAll || !seen[own];
            seen[own] = true;
            return isLabelled ? own : Examples.IGNORED;
        }).toArray();
    }

    /** Takes some edges out of a graph and asks about them, and about as many pairs without one. */
    private long[] hide(GraphSource.Drawn graph, GraphSource family, int number) {
        Random random = Random.from(family.random("links of graph " + number));
        List<int[]> linked = new ArrayList<>(pairs(graph, true));
        List<int[]> apart = new ArrayList<>(pairs(graph, false));
        Collections.shuffle(linked, random);
        Collections.shuffle(apart, random);
        long[] asked = new long[nodes * nodes];
        Arrays.fill(asked, Examples.IGNORED);
        int count = Math.min(apart.size(), Math.max(1, (int) (HELD_OUT * linked.size())));
        for (int i = 0; i < count; i++) {
            int[] link = linked.get(i);
            int[] none = apart.get(i);
            graph.link(link[0], link[1], false);
            asked[link[0] * nodes + link[1]] = 1;
            asked[none[0] * nodes + none[1]] = 0;
        }
        return asked;
    }

    private static Tensor rows(Stream<double[]> vectors) {
        return Tensor.stack(vectors.map(vector -> Tensor.of(vector, vector.length)).toList(), 0);
    }

    /** What a family's features are multiplied by, [own features]. */
    private Tensor basis(GraphSource family, int count) {
        LinearAlgebra.Svd svd = LinearAlgebra.svd(rows(IntStream.range(0, count).boxed()
                .flatMap(number -> Arrays.stream(family.draw(number, nodes, density).features()))));
        int kept = Math.min(features, family.features());
        double squares = Arrays.stream(svd.s().toDoubles(), 0, kept).map(value -> value * value).sum();
        Tensor scaled = svd.v().narrow(1, 0, kept).multiply(Math.sqrt((double) count * nodes * kept / squares));
        return Tensor.concatenate(
                List.of(scaled, Tensor.zeros(DType.FLOAT64, family.features(), features - kept)), 1);
    }
}
