package org.thalweg.family;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.symmetry.spec.Conditions;

/**
 * Layers behind the last one that predict further tokens (arXiv 2412.19437, section 2.2). Published files have them;
 * the network, which predicts one token, does not read them, but they read its stream and have to be moved with it.
 */
final class NextTokenLayers {
    private static final String LAYERS = "layers";

    private NextTokenLayers() {}

    /** Whether a layer is one of them. */
    static boolean has(Set<String> tensors, int layer) {
        return tensors.contains(name(layer, "eh_proj.weight"));
    }

    /**
     * What the specification needs to know of them.
     *
     * @param conditions of the model without them
     * @param last kind of the last layer, which they share
     * @param depth number of layers in front of them
     * @param tensors names of the model's tensors; not changed
     * @return conditions in which they are among the layers
     */
    static Conditions with(Conditions conditions, LayerPlan last, int depth, Set<String> tensors) {
        Set<Integer> further = new TreeSet<>();
        for (int layer = depth; has(tensors, layer); layer++) {
            further.add(layer);
        }
        Map<String, Set<Integer>> ranges = new HashMap<>(conditions.ranges());
        ranges.put("next-token-layers", further);
        for (String range : Set.of(LAYERS, last.sparse() ? "moe-layers" : "dense-layers")) {
            Set<Integer> all = new TreeSet<>(ranges.get(range));
            all.addAll(further);
            ranges.put(range, all);
        }
        Set<String> flags = new LinkedHashSet<>();
        if (!further.isEmpty()) {
            flags.add("next-token");
            addIfPresent(flags, "next-token-embedding", name(depth, "embed_tokens.weight"), tensors);
            addIfPresent(flags, "next-token-head", name(depth, "shared_head.head.weight"), tensors);
        }
        return new Conditions(new HashSet<>(conditions.flags()), ranges, conditions.sizes()).with(flags);
    }

    private static void addIfPresent(Set<String> flags, String flag, String tensor, Set<String> tensors) {
        if (tensors.contains(tensor)) {
            flags.add(flag);
        }
    }

    private static String name(int layer, String tensor) {
        return "model." + LAYERS + "." + layer + "." + tensor;
    }
}
