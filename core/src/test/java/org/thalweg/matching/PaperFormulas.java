package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.group.Permutation;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** The formulas of arXiv 2509.11348 for a layer under the prefix {@code moe}, written out. */
final class PaperFormulas {
    private PaperFormulas() {}

    /** Eq 10: distances of gate rows, each with its bias, after their mean is subtracted; normed if scale is free. */
    static double[][] gateCosts(Parameters a, Parameters b, boolean isScaleFree) {
        Tensor one = centredGate(a, isScaleFree);
        Tensor other = centredGate(b, isScaleFree);
        int experts = (int) one.length(0);
        double[][] costs = new double[experts][experts];
        for (int i = 0; i < experts; i++) {
            for (int j = 0; j < experts; j++) {
                costs[i][j] = one.narrow(0, i, 1).subtract(other.narrow(0, j, 1)).norm();
            }
        }
        return costs;
    }

    private static Tensor centredGate(Parameters layer, boolean isScaleFree) {
        Tensor rows = layer.get("moe.gate.weight").to(DType.FLOAT64);
        if (layer.contains("moe.gate.bias")) {
            Tensor bias = layer.get("moe.gate.bias").to(DType.FLOAT64).unsqueeze(1);
            rows = Tensor.concatenate(List.of(rows, bias), 1);
        }
        Tensor centred = rows.subtract(rows.mean(0, true));
        return isScaleFree ? centred.multiply(1 / centred.norm()) : centred;
    }

    /** Eq 11: distances of the Gram matrices of the first and the last map, biases as a last column. */
    static double[][] expertCosts(Parameters a, Parameters b, int experts, int hiddenLayers) {
        double[][] costs = new double[experts][experts];
        for (int i = 0; i < experts; i++) {
            for (int j = 0; j < experts; j++) {
                double first = firstGram(a, i).subtract(firstGram(b, j)).norm();
                double last = lastGram(a, i, hiddenLayers).subtract(lastGram(b, j, hiddenLayers)).norm();
                costs[i][j] = Math.hypot(first, last);
            }
        }
        return costs;
    }

    private static Tensor firstGram(Parameters layer, int expert) {
        Tensor map = map(layer, "moe.experts." + expert, 0); // [hidden residual+1]
        return map.transpose(0, 1).matmul(map);
    }

    private static Tensor lastGram(Parameters layer, int expert, int hiddenLayers) {
        Tensor map = map(layer, "moe.experts." + expert, hiddenLayers); // [residual hidden+1]
        return map.matmul(map.transpose(0, 1));
    }

    private static Tensor map(Parameters layer, String network, int number) {
        Tensor weight = layer.get(network + ".dense." + number + ".weight").to(DType.FLOAT64);
        Tensor bias = layer.get(network + ".dense." + number + ".bias").to(DType.FLOAT64).unsqueeze(1);
        return Tensor.concatenate(List.of(weight, bias), 1);
    }

    /** The least sum of entries of all orders. */
    static double least(double[][] costs) {
        return Permutation.all(costs.length).stream().mapToDouble(order -> sum(costs, order)).min().orElseThrow();
    }

    static double sum(double[][] costs, Permutation order) {
        double sum = 0;
        for (int i = 0; i < costs.length; i++) {
            sum += costs[i][order.image(i)];
        }
        return sum;
    }

    /**
     * The largest inner product of all weights and biases of one network of A with one of B, over all orders of the
     * units of each hidden layer.
     */
    static double largestSimilarity(Parameters a, String ofA, Parameters b, String ofB, List<Integer> hidden) {
        List<List<Permutation>> choices = List.of(List.of());
        for (int width : hidden) {
            choices = choices.stream()
                    .flatMap(before -> Permutation.all(width).stream().map(order -> {
                        List<Permutation> longer = new ArrayList<>(before);
                        longer.add(order);
                        return longer;
                    }))
                    .toList();
        }
        return choices.stream().mapToDouble(orders -> similarity(a, ofA, b, ofB, orders)).max().orElseThrow();
    }

    private static double similarity(Parameters a, String ofA, Parameters b, String ofB, List<Permutation> orders) {
        double sum = 0;
        for (int map = 0; map <= orders.size(); map++) {
            Tensor weight = b.get(ofB + ".dense." + map + ".weight");
            Tensor bias = b.get(ofB + ".dense." + map + ".bias");
            if (map > 0) {
                weight = orders.get(map - 1).applyTo(weight, 1);
            }
            if (map < orders.size()) {
                weight = orders.get(map).applyTo(weight, 0);
                bias = orders.get(map).applyTo(bias, 0);
            }
            sum += a.get(ofA + ".dense." + map + ".weight").multiply(weight).sum().item();
            sum += a.get(ofA + ".dense." + map + ".bias").multiply(bias).sum().item();
        }
        return sum;
    }
}
