package org.thalweg.family;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.HomeDecoder;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;

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
     * @throws WrongUse when a number is below 1
     */
    public static HomeDecoder network(Decoder dense, int query, int routerWidth) {
        if (query < 1 || routerWidth < 1) {
            throw new WrongUse("a query has " + query + " tokens and its router " + routerWidth
                    + " hidden units; both are at least 1.");
        }
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
     * The dense decoder of a configuration of Llama's family.
     *
     * @param config a {@code config.json} of the type {@code llama}; not changed
     * @return the network
     */
    public static Decoder dense(ObjectNode config) {
        return (Decoder) Families.of(config).read(config, Set.of()).network();
    }

    /**
     * The symmetries of a model. With the flag {@code unlabelled} the branches may change places, in all layers at
     * once: then outputs stay, but labels name the wrong branch.
     *
     * @param network its sizes
     * @param model its tensors; not changed
     * @param flags further ones for the specification
     * @return the bound specification {@code metis-home}
     */
    public static Architecture architecture(HomeDecoder network, Parameters model, Set<String> flags) {
        Conditions conditions = DecoderConditions.of(network.body().config()).with(flags);
        return ArchitectureSpec.builtIn(SPECIFICATION).bind(model, conditions);
    }
}
