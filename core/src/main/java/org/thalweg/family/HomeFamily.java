package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.HomeDecoder;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;

/** Decoders with a thinking and a non-thinking branch in every layer (Metis-HOME, arXiv 2510.20519). */
public final class HomeFamily {
    private static final String SPECIFICATION = "metis-home";
    private static final int BRANCHES = 2;

    private HomeFamily() {}

    /**
     * The network whose branches are each like the one feed-forward network of a dense decoder.
     *
     * @param dense with gated units without biases in every layer, RMSNorm in front of each sublayer
     * @param query tokens of a query
     * @param routerWidth hidden units of the router
     * @return the network
     */
    public static HomeDecoder network(Decoder dense, int query, int routerWidth) {
        DecoderConfig from = dense.config();
        MoeLayer branches = new MoeLayer(BRANCHES,
                new Experts.OneLayer(from.dense().width(), from.dense().units(), from.dense().bias()),
                new Router.ByCaller(), false, Optional.empty());
        List<LayerPlan> layers = from.layers().stream()
                .map(layer -> new LayerPlan(true, layer.rope(), layer.span()))
                .toList();
        DecoderConfig config = new DecoderConfig(from.embedding(), from.head(), from.residual(), from.block(),
                from.attention(), from.dense(), Optional.of(branches), layers);
        return new HomeDecoder(new Decoder(config, RoleNames.of(ArchitectureSpec.builtIn(SPECIFICATION),
                DecoderConditions.of(config).flags(), "")), query, routerWidth);
    }

    /**
     * The symmetries of its models. With the flag {@code unlabelled} the branches may change places, in all layers at
     * once: then outputs stay, but labels name the wrong branch.
     *
     * @param network its sizes
     * @param flags further ones for the specification
     * @return the bound specification {@code metis-home}
     */
    public static Architecture architecture(HomeDecoder network, Set<String> flags) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network.tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        return ArchitectureSpec.builtIn(SPECIFICATION)
                .bind(shapes, DecoderConditions.of(network.usual().config()).with(flags));
    }
}
