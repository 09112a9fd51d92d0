package org.thalweg.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.canonical.NormReaders;
import org.thalweg.network.Network;
import org.thalweg.network.Vit;
import org.thalweg.network.VitConfig;
import org.thalweg.symmetry.Architecture;

/** Which maps read which layer normalisation of a pre-normalised model. */
final class LayerNormSites {
    private LayerNormSites() {}

    /** Of a model of a built-in family, folded or not. */
    static List<NormReaders> of(ModelDirectory model) {
        // Without the condition of folded gains: that takes their spaces away, which tell who reads them.
        return of(model.network().orElseThrow(), ModelDirectory.architecture(
                model.checkpoint().config(), ModelDirectory.shapes(model.tensors()), Optional.empty(), Set.of()));
    }

    /** From the specification where it says so, for a ViT, whose specification keeps gains apart, from its layout. */
    static List<NormReaders> of(Network network, Architecture architecture) {
        return network instanceof Vit vit ? ofVit(vit.config(), architecture) : NormReaders.of(architecture);
    }

    private static List<NormReaders> ofVit(VitConfig config, Architecture architecture) {
        List<NormReaders> sites = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "vit.encoder.layer." + layer;
            sites.add(new NormReaders(name + ".layernorm_before", List.of(
                    name + ".attention.attention.query.weight",
                    name + ".attention.attention.key.weight",
                    name + ".attention.attention.value.weight")));
            String moe = Vit.moePrefix(layer);
            sites.add(new NormReaders(name + ".layernorm_after", config.isMoe(layer)
                    ? architecture.tensors().keySet().stream()
                            .filter(tensor -> tensor.startsWith(moe + ".")
                                    && (tensor.endsWith(".gate.weight") || tensor.endsWith(".dense.0.weight")))
                            .toList()
                    : List.of(name + ".intermediate.dense.weight")));
        }
        sites.add(new NormReaders("vit.layernorm", List.of("classifier.weight")));
        return sites;
    }
}
