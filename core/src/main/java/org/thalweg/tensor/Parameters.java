package org.thalweg.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A model: tensors by name, in a fixed order. The names are the ones in its checkpoint files. The map never changes;
 * the tensors belong to whatever scope they were made in.
 */
public final class Parameters {
    private final Map<String, Tensor> byName;

    private Parameters(Map<String, Tensor> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    /**
     * Parameters with these tensors, in the map's order.
     *
     * @param byName tensors by name; the map is copied
     * @return the parameters
     */
    public static Parameters of(Map<String, Tensor> byName) {
        return new Parameters(new LinkedHashMap<>(byName));
    }

    /** All tensors by name; the map cannot be changed. */
    public Map<String, Tensor> asMap() {
        return byName;
    }

    /** Names in order. */
    public Set<String> names() {
        return byName.keySet();
    }

    /**
     * A tensor by its name.
     *
     * @param name for example {@code vit.layernorm.weight}
     * @return the tensor
     * @throws IllegalArgumentException when there is none of that name
     */
    public Tensor get(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the model has no tensor '" + name + "'");
        }
        return tensor;
    }

    /** Whether a tensor of that name is there. */
    public boolean contains(String name) {
        return byName.containsKey(name);
    }

    /** Total number of elements. */
    public long elements() {
        return byName.values().stream().mapToLong(Tensor::size).sum();
    }

    /** Each tensor through a function. */
    public Parameters map(UnaryOperator<Tensor> function) {
        return mapNamed((name, tensor) -> function.apply(tensor));
    }

    /** Each tensor through a function that also sees its name. */
    public Parameters mapNamed(BiFunction<String, Tensor, Tensor> function) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        byName.forEach((name, tensor) -> result.put(name, function.apply(name, tensor)));
        return new Parameters(result);
    }

    /** Only the tensors whose names pass. */
    public Parameters filter(Predicate<String> names) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        byName.forEach((name, tensor) -> {
            if (names.test(name)) {
                result.put(name, tensor);
            }
        });
        return new Parameters(result);
    }

    /** These tensors with some replaced or, at the end, added. */
    public Parameters with(Parameters others) {
        Map<String, Tensor> result = new LinkedHashMap<>(byName);
        result.putAll(others.byName);
        return new Parameters(result);
    }

    /** All floating tensors in another element type. */
    public Parameters to(DType dtype) {
        return map(tensor -> tensor.dtype().isFloating() ? tensor.to(dtype) : tensor);
    }

    /**
     * The point {@code (1-t)·this + t·other} on the straight line between two models.
     *
     * @param other a model with the same names and shapes
     * @param t weight on {@code other}, 0 at this
     * @return new tensors, except that a tensor which both models share is passed on as it is
     */
    public Parameters lerp(Parameters other, double t) {
        return mapNamed((name, tensor) -> {
            Tensor end = other.get(name);
            return end == tensor ? tensor : tensor.lerp(end, t);
        });
    }

    /** Whether every element of every tensor is neither infinite nor NaN. */
    public boolean isFinite() {
        try (Scope scope = Scope.open()) {
            return byName.values().stream().allMatch(Tensor::isFinite);
        }
    }

    /** Frees every tensor; for parameters kept outside any scope. */
    public void close() {
        byName.values().forEach(Tensor::close);
    }
}
