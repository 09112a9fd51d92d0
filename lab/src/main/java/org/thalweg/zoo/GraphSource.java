package org.thalweg.zoo;

import java.util.Locale;
import java.util.SplittableRandom;
import org.thalweg.tensor.Random;

/** Families of random graphs, each with as many features of a node as it has. */
enum GraphSource {
    /** Three blocks whose nodes are linked within their block as a rule. */
    HOMOPHILIC(10, new double[][] {{0.5, 0.05, 0.05}, {0.05, 0.5, 0.05}, {0.05, 0.05, 0.5}}),
    /** Three blocks whose nodes are linked to other blocks as a rule, some nodes more than others. */
    HETEROPHILIC(14, new double[][] {{0.05, 0.35, 0.35}, {0.35, 0.05, 0.35}, {0.35, 0.35, 0.05}}),
    /** A ring with a quarter as many chords as nodes; features tell the angle. */
    RING(4, new double[0][]),
    /** A grid of four rows; features tell row and column. */
    GRID(3, new double[0][]),
    /** Two blocks linked within, and a third that links both and seldom itself: the family that is transferred to. */
    BRIDGED(12, new double[][] {{0.5, 0.05, 0.25}, {0.05, 0.5, 0.25}, {0.25, 0.25, 0.05}});

    /** Rows of a grid. */
    static final int ROWS = 4;
    /** The blocks of a graph, which are the classes of its nodes. */
    static final int CLASSES = 3;
    /** Deviation of the mean features of blocks, around which those of nodes have deviation 1. */
    private static final double SEPARATION = 0.7;
    private static final double PLACE_NOISE = 0.3;

    private final int features;
    private final double[][] links;

    GraphSource(int features, double[][] links) {
        this.features = features;
        this.links = links;
    }

    /**
     * A graph.
     *
     * @param edges [nodes nodes], symmetric, nothing on the diagonal
     * @param features [nodes features] as the family has them
     * @param classes the block of each node; 0 where there are none
     */
    record Drawn(boolean[][] edges, double[][] features, int[] classes) {
        void link(int one, int other, boolean isLinked) {
            edges[one][other] = isLinked && one != other;
            edges[other][one] = isLinked && one != other;
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

    /** Numbers for a purpose, always the same. */
    SplittableRandom random(String purpose) {
        return new SplittableRandom(Random.childSeed(MoeSystem.DATA_SEED, purpose + " of " + label()));
    }

    /**
     * Draws a graph.
     *
     * @param number of the graph; the same number gives the same graph
     * @param nodes how many, a multiple of the rows, at least two for each
     * @param density factor of the chances of links in blocks and of chords
     * @return the graph
     */
    Drawn draw(int number, int nodes, double density) {
        SplittableRandom random = random("graph " + number);
        Drawn graph = new Drawn(new boolean[nodes][nodes], new double[nodes][features], new int[nodes]);
        if (links.length > 0) {
            drawBlocks(graph, density, random);
            return graph;
        }
        double turn = 2 * Math.PI * random.nextDouble();
        for (int node = 0; node < nodes; node++) {
            double[] place = place(node, nodes, turn);
            for (int i = 0; i < features; i++) {
                graph.features[node][i] = place[i] + PLACE_NOISE * random.nextGaussian();
            }
            for (int other = 0; other < node; other++) {
                graph.link(node, other, areNeighbours(other, node, nodes));
            }
        }
        for (int chord = 0; this == RING && chord < Math.round(density * nodes / 4); chord++) {
            graph.link(random.nextInt(nodes), random.nextInt(nodes), true);
        }
        return graph;
    }

    private double[] place(int node, int nodes, double turn) {
        double angle = turn + 2 * Math.PI * node / nodes;
        int columns = nodes / ROWS;
        double row = 2.0 * (node / columns) / (ROWS - 1) - 1;
        double column = 2.0 * (node % columns) / (columns - 1) - 1;
        return this == RING
                ? new double[] {Math.cos(angle), Math.sin(angle), Math.cos(2 * angle), Math.sin(2 * angle)}
                : new double[] {row, column, row * column};
    }

    private boolean areNeighbours(int before, int behind, int nodes) {
        int columns = nodes / ROWS;
        int apart = behind - before;
        return this == RING ? apart == 1 || apart == nodes - 1
                : apart == columns || apart == 1 && behind % columns > 0;
    }

    private void drawBlocks(Drawn graph, double density, SplittableRandom random) {
        SplittableRandom ofFamily = random("means");
        double[][] means = new double[CLASSES][features];
        for (double[] mean : means) {
            for (int i = 0; i < features; i++) {
                mean[i] = SEPARATION * ofFamily.nextGaussian();
            }
        }
        double[] eager = new double[graph.classes.length];
        for (int node = 0; node < eager.length; node++) {
            int own = random.nextInt(CLASSES);
            graph.classes[node] = own;
            eager[node] = this == HETEROPHILIC ? 0.5 + random.nextDouble() : 1;
            for (int i = 0; i < features; i++) {
                graph.features[node][i] = means[own][i] + random.nextGaussian();
            }
            for (int other = 0; other < node; other++) {
                double chance = density * links[own][graph.classes[other]] * eager[node] * eager[other];
                graph.link(node, other, random.nextDouble() < chance);
            }
        }
    }
}
