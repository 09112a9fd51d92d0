package org.thalweg.family;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.residual.ResidualConfig;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;

/**
 * Residual networks on vectors and their specifications: {@code omni-router} where all layers share a router,
 * {@code adamoe} where units are gated, {@code residual-blocks} elsewhere.
 */
public final class ResidualArchitecture {
    private ResidualArchitecture() {}

    /**
     * The network of some sizes.
     *
     * @param config its sizes
     * @return the network
     */
    public static ResidualNetwork network(ResidualConfig config) {
        return new ResidualNetwork(config, RoleNames.of(spec(config), conditions(config).flags(), ""));
    }

    /**
     * The symmetries of a network.
     *
     * @param config its sizes
     * @param model its tensors; not changed
     * @return the bound specification
     * @throws org.thalweg.failure.WorkFailure naming the tensor, when tensors and sizes do not fit
     */
    public static Architecture of(ResidualConfig config, Parameters model) {
        return spec(config).bind(model, conditions(config));
    }

    private static ArchitectureSpec spec(ResidualConfig config) {
        return ArchitectureSpec.builtIn(
                config.sharedRouter() ? "omni-router" : isGated(config) ? "adamoe" : "residual-blocks");
    }

    private static boolean isGated(ResidualConfig config) {
        return config.blocks().stream().anyMatch(block -> switch (block) {
            case ResidualConfig.Block.Dense dense -> dense.units().gated();
            case ResidualConfig.Block.Sparse(MoeLayer layer, double _) ->
                layer.experts() instanceof Experts.OneLayer(int _, HiddenUnits units, boolean _) && units.gated();
        });
    }

    private static Conditions conditions(ResidualConfig config) {
        Set<String> flags = new HashSet<>(Set.of("free-gain"));
        Map<String, Set<Integer>> ranges = new HashMap<>(Map.of("inner-maps", Set.of(), "last-map", Set.of()));
        config.layers().forEach(layer -> {
            flags.addAll(MoeConditions.flags(layer));
            ranges.putAll(MoeConditions.ranges(layer));
        });
        HiddenUnits relu = new HiddenUnits.Plain(UnitFunction.RELU);
        List<ResidualConfig.Block> blocks = config.blocks();
        if (blocks.stream().anyMatch(block ->
                block instanceof ResidualConfig.Block.Dense dense && dense.units().equals(relu))) {
            flags.add("relu");
        }
        ranges.put("dense-layers", new TreeSet<>(IntStream.range(0, blocks.size())
                .filter(block -> blocks.get(block) instanceof ResidualConfig.Block.Dense).boxed().toList()));
        ranges.put("moe-layers", new TreeSet<>(IntStream.range(0, blocks.size())
                .filter(block -> blocks.get(block) instanceof ResidualConfig.Block.Sparse).boxed().toList()));
        return new Conditions(flags, ranges, Map.of());
    }
}
