package org.thalweg.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.thalweg.checkpoint.CheckpointReader;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Network;
import org.thalweg.network.Task;
import org.thalweg.tensor.CountedReads;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.WorkObserver;

/**
 * Models of one network whose tensors are read whenever they are asked for: no more than one linear map of each is in
 * memory. For one thread; close it.
 */
final class MeasuredModels implements AutoCloseable {
    /** Tokens of texts in a batch: each weight is read once a batch, and products of more rows are no faster. */
    private static final int TOKENS = 1 << 12;
    private static final int IMAGES = 1 << 9;

    private final List<ModelDirectory> models;
    private final List<CheckpointReader> readers;
    private final DType computed;

    /**
     * Opens models that are the same function of their tensors.
     *
     * @param models at least one
     * @param computed the type in which is computed, at least as wide as any weight
     */
    MeasuredModels(List<ModelDirectory> models, DType computed) {
        this.models = List.copyOf(models);
        this.readers = models.stream().map(ModelDirectory::reader).toList();
        this.computed = computed;
    }

    /**
     * The type in which losses of models are computed.
     *
     * @param models any
     * @return float64 when any weight of any model is, else float32
     */
    static DType usualType(List<ModelDirectory> models) {
        return models.stream().anyMatch(MeasuredModels::hasFloat64) ? DType.FLOAT64 : DType.FLOAT32;
    }

    private static boolean hasFloat64(ModelDirectory model) {
        Map<String, TensorLayout> layouts = new LinkedHashMap<>(model.tensors());
        layouts.keySet().retainAll(model.weights());
        return usualType(layouts) == DType.FLOAT64;
    }

    /**
     * The type in which the loss of a model is computed.
     *
     * @param weights types and shapes of what its network reads
     */
    static DType usualType(Map<String, TensorLayout> weights) {
        return weights.values().stream().anyMatch(layout -> layout.type() == ElementType.F64)
                ? DType.FLOAT64 : DType.FLOAT32;
    }

    Network network() {
        return models.getFirst().requireNetwork();
    }

    /** As many examples as make a batch. */
    static int batch(Examples examples) {
        try (Scope scope = Scope.open()) {
            long answers = examples.labels(new int[] {0}).size();
            return answers == 1 ? IMAGES : (int) Math.max(1, TOKENS / answers);
        }
    }

    /** The models, reads of whose tensors are told. */
    List<Parameters> parameters(Optional<CountedReads> reads) {
        Network network = network();
        List<Parameters> parameters = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            CheckpointReader reader = readers.get(i);
            parameters.add(Parameters.reading(network.tensors().keySet(),
                    reads.map(counted -> counted.of(reader)).orElse(reader), computed));
        }
        return parameters;
    }

    /**
     * Refuses a model of which no loss can be computed.
     *
     * @throws WorkFailure when its network is not built in, or does not answer with classes or next tokens
     */
    static void requireMeasurable(ModelDirectory model) {
        Network network = model.requireNetwork();
        if (network.task() instanceof Task.Other(String reason)) {
            throw new WorkFailure(model.checkpoint().directory() + " has no loss that could be measured: " + reason
                    + ".");
        }
        ModelDirectory.named(model.checkpoint().directory(), () -> {
            DeclaredTensor.requireShapes(network.tensors().values(), ModelDirectory.shapes(model.tensors()));
            return network;
        });
    }

    /**
     * Says why a loss is not finite.
     *
     * @param found what and where
     * @param observer watches how weights are read once more
     * @return a failure; one that names the weight that is not finite is thrown instead
     */
    WorkFailure notFinite(String found, WorkObserver observer) {
        models.forEach(model -> model.requireFinite(observer));
        return new WorkFailure(found + ", though all weights are finite: the activations leave the range of "
                + computed.name().toLowerCase(Locale.ROOT) + ".");
    }

    @Override
    public void close() {
        readers.forEach(CheckpointReader::close);
    }
}
