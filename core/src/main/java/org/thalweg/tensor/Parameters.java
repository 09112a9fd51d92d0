package org.thalweg.tensor;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A model: tensors by name, in a fixed order. The names are the ones in its checkpoint files. The map never changes;
 * the tensors belong to whatever scope they were made in.
 */
public final class Parameters {
    private final Map<String, Tensor> byName;
    private final Optional<DType> computed;

    private Parameters(Map<String, Tensor> byName) {
        this(byName, Optional.empty());
    }

    private Parameters(Map<String, Tensor> byName, Optional<DType> computed) {
        this.byName = Collections.unmodifiableMap(byName);
        this.computed = computed;
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

    /**
     * Parameters that are read whenever they are asked for, each time anew and into the scope that is current then: a
     * model of which no more is in memory than is worked with.
     *
     * @param names of the tensors
     * @param reader reads each
     * @param computed the type in which floating tensors are computed with, at least as wide as that of any
     * @return the parameters
     */
    public static Parameters reading(Set<String> names, TensorReader reader, DType computed) {
        return new Parameters(new ReadMap(names, reader), Optional.of(computed));
    }

    /** Tensors that are read when asked for. */
    private static final class ReadMap extends AbstractMap<String, Tensor> {
        private final Set<String> names;
        private final TensorReader reader;

        private ReadMap(Set<String> names, TensorReader reader) {
            this.names = names;
            this.reader = reader;
        }

        @Override
        public boolean containsKey(Object name) {
            return names.contains(name);
        }

        @Override
        public Tensor get(Object name) {
            return name instanceof String known && names.contains(known) ? reader.read(known) : null;
        }

        @Override
        public Set<String> keySet() {
            return Collections.unmodifiableSet(names);
        }

        @Override
        public Set<Entry<String, Tensor>> entrySet() {
            Map<String, Tensor> read = new LinkedHashMap<>();
            names.forEach(name -> read.put(name, reader.read(name)));
            return read.entrySet();
        }
    }

    /**
     * The type in which parameters that are read are computed with.
     *
     * @return nothing for tensors that are in memory
     */
    public Optional<DType> computed() {
        return computed;
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
        return computed.isEmpty() ? stored(name) : widened(() -> stored(name));
    }

    /**
     * Rows of a tensor: of parameters that are read, no more than these are converted.
     *
     * @param name of a tensor [rows …]
     * @param rows int64 vector of their numbers
     * @return [chosen …]
     */
    public Tensor rows(String name, Tensor rows) {
        return widened(() -> stored(name).indexSelect(0, rows));
    }

    private Tensor widened(Supplier<Tensor> tensor) {
        try (Scope scope = Scope.open()) {
            Tensor narrow = tensor.get();
            return scope.keep(narrow.dtype().isFloating() && computed.isPresent() ? narrow.to(computed.get()) : narrow);
        }
    }

    /**
     * A tensor as it is stored: for parameters that are read, in a type that may be narrower than what is computed in.
     *
     * @param name its name
     * @return the tensor
     * @throws IllegalArgumentException when there is none of that name
     */
    public Tensor stored(String name) {
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

    /** All tensors on another device. */
    public Parameters to(Device device) {
        return map(device::bring);
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
