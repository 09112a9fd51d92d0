package org.thalweg.zoo;

import java.util.List;
import org.thalweg.connectivity.Examples;
import org.thalweg.tensor.Tensor;

/**
 * Graphs with an answer for each node, or for each pair of nodes.
 *
 * @param graphs adjacency and features of each, as {@link org.thalweg.network.graph.GraphExperts} takes them
 * @param answers of each graph as many; {@link Examples#IGNORED} where none is counted
 * @param classes among how many answers one is right
 */
record GraphExamples(List<float[]> graphs, List<long[]> answers, int classes) implements Examples {
    GraphExamples {
        graphs = List.copyOf(graphs);
        answers = List.copyOf(answers);
    }

    @Override
    public int size() {
        return graphs.size();
    }

    @Override
    public Tensor inputs(int[] indices) {
        int length = graphs.getFirst().length;
        float[] all = new float[indices.length * length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(graphs.get(indices[i]), 0, all, i * length, length);
        }
        return Tensor.of(all, indices.length, length);
    }

    @Override
    public Tensor labels(int[] indices) {
        int length = answers.getFirst().length;
        long[] all = new long[indices.length * length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(answers.get(indices[i]), 0, all, i * length, length);
        }
        return Tensor.of(all, indices.length, length);
    }
}
