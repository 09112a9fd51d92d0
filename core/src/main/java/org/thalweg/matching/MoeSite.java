package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.TensorLayout;

/**
 * Where an MoE layer stands in a model, as its architecture tells.
 *
 * @param spaces prefix of its spaces, for example {@code layers.0.moe}
 * @param tensors prefix of its tensors, for example {@code vit.encoder.layer.0.moe}
 * @param experts routed experts, n
 * @param hiddenLayers hidden layers of each expert
 */
public record MoeSite(String spaces, String tensors, int experts, int hiddenLayers) {
    private static final String EXPERTS = ".experts";
    private static final String GATE = ".gate.weight";

    /**
     * All MoE layers of a model.
     *
     * @param architecture of the model
     * @return in the order of the architecture's tensors; empty when there is none
     */
    public static List<MoeSite> of(Architecture architecture) {
        List<MoeSite> sites = new ArrayList<>();
        for (TensorLayout layout : architecture.tensors().values()) {
            String gate = layout.indexedName().name();
            if (gate.endsWith(GATE)) {
                String experts = layout.axes().getFirst().factors().getFirst().space().orElseThrow();
                String spaces = experts.substring(0, experts.length() - EXPERTS.length());
                int hidden = 0;
                while (architecture.spaces().containsKey(experts + ".0.hidden." + hidden)) {
                    hidden++;
                }
                sites.add(new MoeSite(
                        spaces, gate.substring(0, gate.length() - GATE.length()),
                        architecture.space(experts).group().size(), hidden));
            }
        }
        return List.copyOf(sites);
    }

    /**
     * The space of the experts.
     *
     * @return its name in the architecture
     */
    public String expertSpace() {
        return spaces + EXPERTS;
    }

    /** The space of the hidden units of an expert. */
    String hiddenSpace(int expert, int layer) {
        return spaces + EXPERTS + "." + expert + ".hidden." + layer;
    }

    /** The space of the hidden units of the shared experts. */
    String sharedHiddenSpace(int layer) {
        return spaces + ".shared_experts.hidden." + layer;
    }

    /** Prefix of the linear maps of an expert. */
    String expertMaps(int expert) {
        return tensors + EXPERTS + "." + expert + ".dense.";
    }

    /** Prefix of the linear maps of the shared experts. */
    String sharedMaps() {
        return tensors + ".shared_experts.dense.";
    }
}
