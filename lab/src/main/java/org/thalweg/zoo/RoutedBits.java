package org.thalweg.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.thalweg.connectivity.EvaluationSet;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.StageSpan;
import org.thalweg.network.quantised.QuantisedMoe;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * What a layer of quantised experts does with examples.
 *
 * @param loss mean cross-entropy, nats
 * @param predicted the class of each example that the layer takes for the likeliest
 * @param labels the right classes
 * @param chosen for each example its experts
 * @param bits for each example the mean number of bits of its experts
 * @param uncertainty for each example that of the Bayesian router
 */
record RoutedBits(
        double loss, long[] predicted, long[] labels, long[][] chosen, double[] bits, double[] uncertainty) {
    private static final int BATCH = 500;
    /** Of the examples: those of highest uncertainty that count as uncertain. */
    private static final double UNCERTAIN = 0.25;

    static RoutedBits of(QuantisedMoe network, Parameters model, Examples examples) {
        return Gradients.without(() -> {
            try (Scope scope = Scope.open()) {
                List<EvaluationSet.Batch> batches = examples.inOrder(BATCH);
                List<long[]> chosen = new ArrayList<>();
                ExpertChoice watching = (_, which) -> {
                    chosen.addAll(rows(which));
                    return which;
                };
                List<Tensor> outputs = batches.stream().map(batch -> network.run(
                        model, batch.state(), new StageSpan(0, network.stages()), watching)).toList();
                Tensor labels = Tensor.concatenate(batches.stream().map(EvaluationSet.Batch::labels).toList(), 0);
                Tensor logits = Tensor.concatenate(outputs, 0);
                double[] bits = chosen.stream().mapToDouble(experts -> Arrays.stream(experts)
                        .mapToDouble(expert -> network.config().precisionOf((int) expert).bits())
                        .average().orElseThrow()).toArray();
                double[] uncertainty = batches.stream().flatMapToDouble(batch ->
                        Arrays.stream(network.uncertainty(model, batch.state()).toDoubles())).toArray();
                return new RoutedBits(Functions.crossEntropy(logits, labels).item(), logits.argmax(1).toLongs(),
                        labels.toLongs(), chosen.toArray(long[][]::new), bits, uncertainty);
            }
        });
    }

    private static List<long[]> rows(Tensor which) {
        long[] all = which.toLongs();
        int k = (int) which.length(1);
        return IntStream.range(0, all.length / k).mapToObj(i -> Arrays.copyOfRange(all, i * k, (i + 1) * k)).toList();
    }

    /** The mean over the classes of the harmonic mean of precision and recall; 0 for a class without hits. */
    double macroF1(int classes) {
        return IntStream.range(0, classes).mapToDouble(one -> {
            long hits = count(i -> predicted[i] == one && labels[i] == one);
            long both = count(i -> predicted[i] == one) + count(i -> labels[i] == one);
            return both == 0 ? 0 : 2.0 * hits / both;
        }).average().orElseThrow();
    }

    private long count(IntPredicate holds) {
        return IntStream.range(0, labels.length).filter(holds).count();
    }

    /** Entropy in nats of how often each expert is chosen. */
    double usageEntropy() {
        Map<Long, Long> counts = new LinkedHashMap<>();
        Arrays.stream(chosen).flatMapToLong(Arrays::stream).forEach(expert -> counts.merge(expert, 1L, Long::sum));
        double all = counts.values().stream().mapToLong(Long::longValue).sum();
        return counts.values().stream().mapToDouble(number -> -number / all * Math.log(number / all)).sum();
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Standard deviation over the examples. */
    double deviationOfBits() {
        double mean = mean(bits);
        return Math.sqrt(Arrays.stream(bits).map(one -> (one - mean) * (one - mean)).average().orElseThrow());
    }

    /** Numbers of the quarter of the examples that are most uncertain. */
    int[] uncertain() {
        return IntStream.range(0, uncertainty.length).boxed()
                .sorted(Comparator.comparingDouble(i -> -uncertainty[i]))
                .limit(Math.max(1, (long) (UNCERTAIN * uncertainty.length)))
                .mapToInt(Integer::intValue).toArray();
    }

    /** Mean bits of some examples. */
    double meanBits(int[] which) {
        return Arrays.stream(which).mapToDouble(i -> bits[i]).average().orElseThrow();
    }

    /** The share of examples for which another layer chooses the same experts. */
    double agreement(RoutedBits other) {
        return count(i -> Arrays.equals(chosen[i], other.chosen[i])) / (double) chosen.length;
    }
}
