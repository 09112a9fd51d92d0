package org.thalweg.zoo;

import java.util.Locale;
import java.util.SplittableRandom;
import org.thalweg.tensor.Random;

/** Families of random graphs whose nodes have features of a number of their own. */
enum GraphSource {
    /** Three blocks whose nodes are linked within their block as a rule. */
    HOMOPHILIC(10, new double[][] {{0.5, 0.05, 0.05}, {0.05, 0.5, 0.05}, {0.05, 0.05, 0.5}}, 0),
    /** Three blocks whose nodes are linked to other blocks as a rule, some to more of them than others. */
    HETEROPHILIC(14, new double[][] {{0.05, 0.35, 0.35}, {0.35, 0.05, 0.35}, {0.35, 0.35, 0.05}}, 0.5),
    /** A ring with a quarter as many chords as nodes; features tell the angle. */
    RING(6, new double[0][], 0),
    /** A grid; features tell row and column. */
    GRID(4, new double[0][], 0),
    /** Two blocks linked within, and a third that links both and seldom itself: the family that is transferred to. */
    BRIDGED(12, new double[][] {{0.5, 0.05, 0.25}, {0.05, 0.5, 0.25}, {0.25, 0.25, 0.05}}, 0);

    /** The blocks of a graph, which are the classes of its nodes. */
    static final int CLASSES = 3;
    /** Length of the mean features of a block, each of whose numbers has noise of deviation 1. */
    private static final double SEPARATION = 0.35;
    private static final double PLACE_NOISE = 0.3;

    private final int features;
    private final double[][] links;
    private final double spread;

    GraphSource(int features, double[][] links, double spread) {
        this.features = features;
        this.links = links;
        this.spread = spread;
    }

    /**
     * A graph.
     *
     * @param edges [nodes nodes], symmetric, nothing on the diagonal
     * @param features [nodes features] as the family has them
     * @param classes the block of each node; 0 where there are none
     */
    record Drawn(boolean[][] edges, double[][] features, int[] classes) {
        int countEdges() {
            int count = 0;
            for (int i = 0; i < edges.length; i++) {
                for (int j = 0; j < i; j++) {
                    count += edges[i][j] ? 1 : 0;
                }
            }
            return count;
        }

        private void link(int one, int other) {
            edges[one][other] = one != other;
            edges[other][one] = one != other;
        }
    }

    /** How many features a node has. */
    int features() {
        return features;
    }

    /** The name in sentences. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Rows of a grid of so many nodes: the largest divisor that is not above its square root. */
    static int rows(int nodes) {
        int rows = (int) Math.sqrt(nodes);
        while (nodes % rows != 0) {
            rows--;
        }
        return rows;
    }

    /**
     * Draws a graph.
     *
     * @param number of the graph; the same number gives the same graph
     * @param nodes how many, at least 4
     * @param density factor of the chances of links in blocks and of chords
     * @return the graph
     */
    Drawn draw(int number, int nodes, double density) {
        SplittableRandom random = new SplittableRandom(
                Random.childSeed(MoeSystem.DATA_SEED, "graph " + number + " of " + label()));
        Drawn graph = new Drawn(new boolean[nodes][nodes], new double[nodes][features], new int[nodes]);
        switch (this) {
            case HOMOPHILIC, HETEROPHILIC, BRIDGED -> blocks(graph, density, random);
            case RING -> ring(graph, density, random);
            case GRID -> grid(graph, random);
        }
        return graph;
    }

    private void blocks(Drawn graph, double density, SplittableRandom random) {
        SplittableRandom ofFamily = new SplittableRandom(
                Random.childSeed(MoeSystem.DATA_SEED, "means of " + label()));
        double[][] means = new double[CLASSES][features];
        for (double[] mean : means) {
            for (int i = 0; i < features; i++) {
                mean[i] = SEPARATION * ofFamily.nextGaussian();
            }
        }
        int nodes = graph.classes.length;
        double[] eager = new double[nodes];
        for (int node = 0; node < nodes; node++) {
            graph.classes[node] = random.nextInt(CLASSES);
            eager[node] = 1 - spread + 2 * spread * random.nextDouble();
            for (int i = 0; i < features; i++) {
                graph.features[node][i] = means[graph.classes[node]][i] + random.nextGaussian();
            }
        }
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < i; j++) {
                double chance = density * links[graph.classes[i]][graph.classes[j]] * eager[i] * eager[j];
                if (random.nextDouble() < chance) {
                    graph.link(i, j);
                }
            }
        }
    }

    private void ring(Drawn graph, double density, SplittableRandom random) {
        int nodes = graph.classes.length;
        double turn = 2 * Math.PI * random.nextDouble();
        for (int node = 0; node < nodes; node++) {
            graph.link(node, (node + 1) % nodes);
            double angle = turn + 2 * Math.PI * node / nodes;
            double[] place = {Math.cos(angle), Math.sin(angle), Math.cos(2 * angle), Math.sin(2 * angle), 0, 0};
            noisy(place, graph.features[node], random);
        }
        for (int chord = 0; chord < Math.round(density * nodes / 4); chord++) {
            graph.link(random.nextInt(nodes), random.nextInt(nodes));
        }
    }

    private void grid(Drawn graph, SplittableRandom random) {
        int nodes = graph.classes.length;
        int columns = nodes / rows(nodes);
        for (int node = 0; node < nodes; node++) {
            double row = 2.0 * (node / columns) / (nodes / columns - 1) - 1;
            double column = 2.0 * (node % columns) / (columns - 1) - 1;
            noisy(new double[] {row, column, row * column, 0}, graph.features[node], random);
            if (node % columns + 1 < columns) {
                graph.link(node, node + 1);
            }
            if (node + columns < nodes) {
                graph.link(node, node + columns);
            }
        }
    }

    private static void noisy(double[] place, double[] features, SplittableRandom random) {
        for (int i = 0; i < place.length; i++) {
            features[i] = place[i] + PLACE_NOISE * random.nextGaussian();
        }
    }
}
