package org.thalweg.family;

import java.util.Map;
import java.util.Set;
import org.thalweg.network.graph.GraphConfig;
import org.thalweg.network.graph.GraphExperts;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;
import org.thalweg.tensor.Parameters;

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
     * @param model its tensors; not changed
     * @param isFolded whether it is {@link GraphExperts#folded}, which leaves orders and factors of units alone
     * @return the bound specification
     */
    public static Architecture architecture(GraphConfig config, Parameters model, boolean isFolded) {
        Conditions conditions = new Conditions(flags(config), Map.of(), Map.of());
        return ArchitectureSpec.builtIn(NAME).bind(model, isFolded ? conditions.with(Set.of("folded")) : conditions);
    }

    private static Set<String> flags(GraphConfig config) {
        return config.expert().isPromptShared() ? Set.of("shared-prompt") : Set.of();
    }
}
