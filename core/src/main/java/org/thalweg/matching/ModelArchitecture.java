package org.thalweg.matching;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.Activation;
import org.thalweg.network.Gating;
import org.thalweg.network.MoeConfig;
import org.thalweg.network.VitConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;

/** Binds the built-in specifications to the networks trained here. */
public final class ModelArchitecture {
    private ModelArchitecture() {}

    /**
     * The architecture of a Vision Transformer, with or without experts.
     *
     * @param config its sizes
     * @param model its tensors; not changed
     * @return the bound specification {@code vit-moe}
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofVit(VitConfig config, Parameters model) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        model.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return ofVit(config, shapes);
    }

    /**
     * As {@link #ofVit(VitConfig, Parameters)}, with nothing but shapes, so that no tensor need be read.
     *
     * @param config its sizes
     * @param shapes of its tensors by name; not changed
     * @return the bound specification {@code vit-moe}
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofVit(VitConfig config, Map<String, long[]> shapes) {
        return ArchitectureSpec.builtIn("vit-moe").bind(shapes, vitConditions(config, shapes.keySet()));
    }

    /**
     * What the specification {@code vit-moe}, or a user's own, needs to know of a Vision Transformer.
     *
     * @param config its sizes
     * @param tensors names of its tensors; not changed
     * @return flags, ranges and sizes
     */
    public static Conditions vitConditions(VitConfig config, Set<String> tensors) {
        Set<Integer> all = new TreeSet<>(IntStream.range(0, config.layers()).boxed().toList());
        Set<Integer> moe = new TreeSet<>(all);
        moe.removeIf(layer -> !config.isMoe(layer));
        Set<Integer> dense = new TreeSet<>(all);
        dense.removeAll(moe);
        Set<String> flags = config.moe().map(experts -> flags(experts.layer(), tensors)).orElse(Set.of());
        int hidden = config.moe().map(experts -> experts.layer().hidden().size()).orElse(1);
        return new Conditions(
                flags,
                Map.of("layers", all, "moe-layers", moe, "dense-layers", dense,
                        "inner-maps", innerMaps(hidden), "last-map", Set.of(hidden)),
                Map.of("heads", config.heads()));
    }

    /**
     * The architecture of a single MoE layer under the prefix {@code moe}.
     *
     * @param config its sizes
     * @param layer its tensors; not changed
     * @return the bound specification {@code moe-layer}
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture ofLayer(MoeConfig config, Parameters layer) {
        int hidden = config.hidden().size();
        return ArchitectureSpec.builtIn("moe-layer").bind(layer, new Conditions(
                flags(config, layer.names()),
                Map.of("inner-maps", innerMaps(hidden), "last-map", Set.of(hidden)),
                Map.of()));
    }

    private static Set<Integer> innerMaps(int hiddenLayers) {
        return new TreeSet<>(IntStream.range(1, hiddenLayers).boxed().toList());
    }

    private static Set<String> flags(MoeConfig config, Set<String> tensors) {
        Set<String> flags = new HashSet<>();
        if (tensors.stream().anyMatch(name -> name.endsWith(".gate.bias"))) {
            flags.add("gate-bias");
        }
        if (config.gating() instanceof Gating.Sparse(int selected) && selected == 1) {
            flags.add("top-1-of-selected");
        }
        if (config.activation() == Activation.RELU) {
            flags.add("relu-experts");
        }
        if (config.gating().sharedExperts() > 0) {
            flags.add("shared-experts");
        }
        return flags;
    }
}
