package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.thalweg.network.graph.GraphConfig;
import org.thalweg.network.graph.GraphExperts;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** Mixtures of graph experts and their symmetries. */
public final class GraphFamily {
    private static final String NAME = "gmope";

    private GraphFamily() {}

    /**
     * The network of some sizes.
     *
     * @param config its sizes
     * @return the network
     */
    public static GraphExperts network(GraphConfig config) {
        return new GraphExperts(config, RoleNames.of(ArchitectureSpec.builtIn(NAME), flags(config), ""));
    }

    /**
     * The symmetries of a model with a classifier.
     *
     * @param config its sizes, with classes
     * @param isFolded whether it is {@link GraphExperts#folded}, which leaves orders and factors of units alone
     * @return the bound specification
     */
    public static Architecture architecture(GraphConfig config, boolean isFolded) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network(config).tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        Conditions conditions = new Conditions(flags(config), Map.of(), Map.of());
        return ArchitectureSpec.builtIn(NAME).bind(shapes, isFolded ? conditions.with(Set.of("folded")) : conditions);
    }

    private static Set<String> flags(GraphConfig config) {
        return config.isPromptShared() ? Set.of("shared-prompt") : Set.of();
    }
}
