package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * What a network answers to all examples of a set, and how its layers of experts route them.
 *
 * @param outputs [examples outputs]
 * @param labels of the examples
 * @param entering for each layer of experts, in order, what enters its router, [examples residual]
 * @param first for each layer the expert that each example uses, the best one where it uses several
 */
record SeenRouting(Tensor outputs, Tensor labels, List<Tensor> entering, List<int[]> first) {
    /** Runs a network on all examples at once; the tensors stay in the current scope. */
    static SeenRouting of(Network network, Parameters model, Examples examples) {
        List<Tensor> entering = new ArrayList<>();
        List<int[]> first = new ArrayList<>();
        ExpertChoice watching = new ExpertChoice() {
            @Override
            public void look(String layer, Tensor vectors, boolean isShiftFree) {
                entering.add(vectors);
            }

            @Override
            public Tensor decide(String layer, Tensor chosen) {
                first.add(Arrays.stream(chosen.narrow(1, 0, 1).toLongs()).mapToInt(Math::toIntExact).toArray());
                return chosen;
            }
        };
        int[] all = IntStream.range(0, examples.size()).toArray();
        Tensor outputs = Gradients.without(() -> network.run(
                model, examples.inputs(all), new StageSpan(0, network.stages()), watching));
        return new SeenRouting(outputs, examples.labels(all), entering, first);
    }

    /** Mean over pairs of layers of {@link #mutualInformation}. */
    double betweenLayers() {
        return IntStream.range(0, first.size()).boxed()
                .flatMap(later -> IntStream.range(0, later).mapToObj(earlier -> new int[] {earlier, later}))
                .mapToDouble(pair -> mutualInformation(first.get(pair[0]), first.get(pair[1])))
                .average().orElse(0);
    }

    /** Mean over layers of {@link #mutualInformation} with something known of each example. */
    double with(int[] known) {
        return first.stream().mapToDouble(route -> mutualInformation(route, known)).average().orElse(0);
    }

    /** Mean over layers of the entropy of how often each of its experts is used, 1 when all are used alike. */
    double usageEntropy(List<MoeLayer> layers) {
        return IntStream.range(0, layers.size()).mapToDouble(layer -> {
            int experts = layers.get(layer).count();
            return experts == 1 ? 0 : entropy(counts(first.get(layer), experts)) / Math.log(experts);
        }).average().orElse(0);
    }

    /** Mutual information of two labellings, divided by the root of the product of their entropies; 0 of a constant. */
    static double mutualInformation(int[] one, int[] other) {
        int width = Arrays.stream(other).max().orElse(0) + 1;
        int[] together = IntStream.range(0, one.length).map(i -> one[i] * width + other[i]).toArray();
        int height = Arrays.stream(one).max().orElse(0) + 1;
        double first = entropy(counts(one, height));
        double second = entropy(counts(other, width));
        double information = first + second - entropy(counts(together, height * width));
        return first * second == 0 ? 0 : Math.clamp(information / Math.sqrt(first * second), 0, 1);
    }

    /** Pearson's correlation; 0 where one of the two does not vary. */
    static double correlation(double[] one, double[] other) {
        double first = Arrays.stream(one).average().orElseThrow();
        double second = Arrays.stream(other).average().orElseThrow();
        double product = 0;
        double squares = 0;
        double others = 0;
        for (int i = 0; i < one.length; i++) {
            product += (one[i] - first) * (other[i] - second);
            squares += (one[i] - first) * (one[i] - first);
            others += (other[i] - second) * (other[i] - second);
        }
        double norms = Math.sqrt(squares) * Math.sqrt(others);
        return norms == 0 ? 0 : Math.clamp(product / norms, -1, 1);
    }

    private static long[] counts(int[] labels, int kinds) {
        long[] counts = new long[kinds];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    private static double entropy(long[] counts) {
        double all = Arrays.stream(counts).sum();
        return Arrays.stream(counts).filter(count -> count > 0)
                .mapToDouble(count -> -count / all * Math.log(count / all)).sum();
    }
}
