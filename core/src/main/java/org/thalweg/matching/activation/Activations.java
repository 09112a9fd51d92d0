package org.thalweg.matching.activation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.tensor.WorkObserver;

/**
 * What a model computes inside on some inputs: the residual stream between stages, and what enters the output map of
 * each sublayer. The latter is seen from outside: the map's weight is replaced by rows of an identity matrix, so that
 * the stage adds to the stream what enters the map, as many coordinates at a time as the stream is wide.
 *
 * @param network the network
 * @param outputs weights of the output maps, with the layout of what enters them
 * @param examples where inputs come from
 */
record Activations(Network network, List<FeatureLayout> outputs, Examples examples) {
    private static final int BATCH = 32;
    private static final String STREAM = "stream.";

    /** The name under which a stage's stream is kept. */
    static String stream(int stage) {
        return STREAM + stage;
    }

    /** Whether a name is that of a stage's stream. */
    static boolean isStream(String name) {
        return name.startsWith(STREAM);
    }

    /**
     * Runs a model.
     *
     * @param model its tensors
     * @param indices which examples, the same for both models
     * @param samples how many positions to keep, the first ones
     * @param observer told of each batch
     * @return by name [samples coordinates], float64, in the current scope
     */
    Map<String, Tensor> of(Parameters model, int[] indices, int samples, WorkObserver observer) {
        Map<String, List<Tensor>> parts = new LinkedHashMap<>();
        observer.began("running the models", indices.length);
        long rows = 0;
        for (int start = 0; start < indices.length && rows < samples; start += BATCH) {
            int[] batch = Arrays.copyOfRange(indices, start, Math.min(indices.length, start + BATCH));
            try (Scope scope = Scope.open()) {
                Map<String, Tensor> found = Gradients.without(() -> run(model, batch));
                found.forEach((name, tensor) ->
                        parts.computeIfAbsent(name, _ -> new ArrayList<>()).add(scope.keep(tensor)));
                rows += found.values().iterator().next().length(0);
            }
            observer.reached(Math.min(indices.length, start + BATCH));
        }
        Map<String, Tensor> whole = new LinkedHashMap<>();
        parts.forEach((name, tensors) -> {
            try (Scope scope = Scope.open()) {
                Tensor all = Tensor.concatenate(tensors, 0);
                whole.put(name, scope.keep(
                        all.narrow(0, 0, Math.min(samples, all.length(0))).to(DType.FLOAT64).copy()));
            }
            tensors.forEach(Tensor::close);
        });
        return whole;
    }

    private Map<String, Tensor> run(Parameters model, int[] batch) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        Tensor state = examples.inputs(batch);
        for (int stage = 0; stage < network.stages() - 1; stage++) {
            for (FeatureLayout output : outputs) {
                if (network.stageOf(output.weight()) == stage) {
                    found.put(output.name(), entering(model, output, state, stage));
                }
            }
            state = network.run(model, state, stage, stage + 1);
            found.put(stream(stage), rows(state));
        }
        return found;
    }

    private Tensor entering(Parameters model, FeatureLayout output, Tensor state, int stage) {
        Tensor weight = model.get(output.weight());
        Tensor nothing = replaced(model, output, Tensor.zeros(weight.dtype(), weight.shape()), state, stage);
        int width = (int) weight.length(output.streamAxis());
        int inner = (int) weight.length(1 - output.streamAxis());
        List<Tensor> columns = new ArrayList<>();
        for (int first = 0; first < inner; first += width) {
            int count = Math.min(width, inner - first);
            float[] entries = new float[width * inner];
            for (int i = 0; i < count; i++) {
                entries[output.streamAxis() == 0 ? i * inner + first + i : (first + i) * width + i] = 1;
            }
            Tensor seen = replaced(model, output, Tensor.of(entries, weight.shape()).to(weight.dtype()), state, stage);
            columns.add(seen.subtract(nothing).narrow(1, 0, count));
        }
        return columns.size() == 1 ? columns.getFirst() : Tensor.concatenate(columns, 1);
    }

    private Tensor replaced(Parameters model, FeatureLayout output, Tensor weight, Tensor state, int stage) {
        Parameters changed = model.with(Parameters.of(Map.of(output.weight(), weight)));
        return rows(network.run(changed, state, stage, stage + 1));
    }

    /** [batch tokens width] or [batch width] as rows. */
    private static Tensor rows(Tensor state) {
        return state.reshape(-1, state.length(-1));
    }

    /** The layouts of a model's output maps. */
    static List<FeatureLayout> outputs(Network network, Architecture architecture) {
        return network.sublayerOutputs().stream()
                .filter(architecture.tensors()::containsKey)
                .map(name -> FeatureLayout.of(architecture, name))
                .toList();
    }
}
