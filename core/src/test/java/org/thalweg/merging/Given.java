package org.thalweg.merging;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.tensor.Tensor;

/** Tensors and values that tests give to a method. */
final class Given {
    private Given() {}

    /** Values with the usual ones of all others; numbers, truth values and text. */
    static MergeValues values(MergeMethod method, Map<String, ?> shared, List<? extends Map<String, ?>> models) {
        return new MergeValues(
                complete(method, MergeParameter.Scope.SHARED, shared),
                models.stream().map(own -> complete(method, MergeParameter.Scope.MODEL, own)).toList());
    }

    private static Map<String, MergeValue> complete(
            MergeMethod method, MergeParameter.Scope scope, Map<String, ?> given) {
        Map<String, MergeValue> values = new HashMap<>();
        for (MergeParameter parameter : method.parameters()) {
            if (parameter.scope() == scope) {
                parameter.usual().ifPresent(usual -> values.put(parameter.name(), usual));
            }
        }
        given.forEach((name, value) -> {
            boolean isKnown = method.parameters().stream()
                    .anyMatch(parameter -> parameter.name().equals(name) && parameter.scope() == scope);
            if (!isKnown) {
                throw new IllegalArgumentException(method.name() + " takes no " + name + " of scope " + scope);
            }
            values.put(name, switch (value) {
                case Double number -> new MergeValue.Real(number);
                case Integer number -> new MergeValue.Real(number);
                case Boolean flag -> new MergeValue.Flag(flag);
                default -> new MergeValue.Word(value.toString());
            });
        });
        return values;
    }

    /** Weights of models that have nothing else of their own. */
    static List<Map<String, Double>> weights(double... weights) {
        return IntStream.range(0, weights.length).mapToObj(i -> Map.of("weight", weights[i])).toList();
    }

    /** So many models with nothing of their own. */
    static List<Map<String, Double>> nothing(int models) {
        return IntStream.range(0, models).mapToObj(_ -> Map.<String, Double>of()).toList();
    }

    static ModelTensors models(Tensor... models) {
        return new ModelTensors("some.weight", List.of(models), Optional.empty(), 1);
    }

    static ModelTensors overBase(Tensor base, Tensor... models) {
        return new ModelTensors("some.weight", List.of(models), Optional.of(base), 1);
    }

    static Tensor vector(double... numbers) {
        return Tensor.of(numbers, numbers.length);
    }
}
