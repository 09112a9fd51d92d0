package org.thalweg.network;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the declarations of a network's tensors, stage by stage: names by role, shapes from the configuration. For
 * one thread.
 */
public final class TensorTable {
    private final TensorNames names;
    private final Map<String, DeclaredTensor> byName;
    private int stage;
    private int layer;

    /**
     * An empty table.
     *
     * @param names of the tensors by role
     */
    public TensorTable(TensorNames names) {
        this(names, new LinkedHashMap<>());
    }

    private TensorTable(TensorNames names, Map<String, DeclaredTensor> byName) {
        this.names = names;
        this.byName = byName;
    }

    /** The same table, for tensors with other names, such as those of a decoder beside its encoder. */
    public TensorTable with(TensorNames others) {
        TensorTable table = new TensorTable(others, byName);
        table.stage = stage;
        table.layer = layer;
        return table;
    }

    /** Declares for a stage and a layer from now on. */
    public void at(int newStage, int newLayer) {
        stage = newStage;
        layer = newLayer;
    }

    /** Names of the tensors by role. */
    public TensorNames names() {
        return names;
    }

    /** The layer that is declared for. */
    public int layer() {
        return layer;
    }

    /** Declares a linear map of the layer, with its bias if it has one. */
    public void linear(Role role, long out, long in, boolean bias) {
        linear(role, names.of(role, layer), out, in, bias);
    }

    /**
     * Declares a linear map.
     *
     * @param role decides how it is stored
     * @param name its full name
     * @param out length of its outputs
     * @param in length of its inputs
     * @param bias whether it has a bias
     */
    public void linear(Role role, String name, long out, long in, boolean bias) {
        DeclaredTensor.Filling filling = new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(in));
        boolean inputsFirst = names.inputsFirst().contains(role);
        put(name, filling, inputsFirst ? in : out, inputsFirst ? out : in);
        if (bias) {
            put(TensorNames.biasOf(name), filling, out);
        }
    }

    /** Declares gain and, where it has one, shift of a normalisation. */
    public void norm(Role role, Norm norm, long length) {
        String name = names.of(role, layer);
        put(name, new DeclaredTensor.Filling.Normal(1 - norm.gainOffset(), 0.1), length);
        if (norm.shifted()) {
            put(TensorNames.biasOf(name), new DeclaredTensor.Filling.Normal(0, 0.1), length);
        }
    }

    /** Declares any tensor of the layer by its role. */
    public void put(Role role, DeclaredTensor.Filling filling, long... shape) {
        put(names.of(role, layer), filling, shape);
    }

    /** Declares any tensor; one of an earlier stage, such as a router that layers share, is read by this one too. */
    public void put(String name, DeclaredTensor.Filling filling, long... shape) {
        DeclaredTensor tensor = new DeclaredTensor(name, Arrays.stream(shape).boxed().toList(), stage, filling);
        byName.merge(name, tensor, (before, now) -> {
            if (!before.shape().equals(now.shape())) {
                throw new IllegalArgumentException("'" + name + "' is " + before.shape() + " in one stage and "
                        + now.shape() + " in another");
            }
            return before.stages().getLast() < stage ? before.alsoAt(stage) : now;
        });
    }

    /** Says that the present stage reads a tensor that was declared before, too. */
    public void readAgain(String name) {
        byName.computeIfPresent(name, (_, tensor) -> tensor.alsoAt(stage));
    }

    /** All declarations, in their order; cannot be changed. */
    public Map<String, DeclaredTensor> tensors() {
        return Collections.unmodifiableMap(byName);
    }
}
