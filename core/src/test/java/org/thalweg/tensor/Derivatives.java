package org.thalweg.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Derivatives of outputs by all weights of a model, for counting the directions that change none of them. */
public final class Derivatives {
    private static final double STEP = 1e-4;

    private Derivatives() {}

    /** By differences of fourth order, [weights outputs]. */
    public static Tensor byDifferences(Function<Parameters, Tensor> outputs, Parameters model) {
        List<Tensor> rows = new ArrayList<>();
        model.asMap().forEach((name, tensor) -> {
            for (int at = 0; at < tensor.size(); at++) {
                Map<Integer, Tensor> found = new LinkedHashMap<>();
                for (int steps : new int[] {-2, -1, 1, 2}) {
                    double[] numbers = tensor.toDoubles();
                    numbers[at] += steps * STEP;
                    Parameters moved = model.with(Parameters.of(Map.of(name, Tensor.of(numbers, tensor.shape()))));
                    found.put(steps, outputs.apply(moved).reshape(-1));
                }
                rows.add(found.get(1).subtract(found.get(-1)).multiply(8)
                        .subtract(found.get(2).subtract(found.get(-2))).multiply(1 / (12 * STEP)));
            }
        });
        return Tensor.stack(rows, 0);
    }

    /** By gradients, [outputs weights], an output at a time, since one uses up its graph of derivatives. */
    public static Tensor byGradients(int outputs, BiFunction<Parameters, Integer, Tensor> output, Parameters model) {
        List<Tensor> rows = new ArrayList<>();
        for (int number = 0; number < outputs; number++) {
            try (Scope one = Scope.open()) {
                Parameters leaves = Gradients.leaves(model);
                rows.add(one.keep(Tensor.concatenate(
                        Gradients.of(output.apply(leaves, number), leaves).asMap().values().stream()
                                .map(gradient -> gradient.reshape(-1)).toList(), 0)));
            }
        }
        return Tensor.stack(rows, 0);
    }
}
