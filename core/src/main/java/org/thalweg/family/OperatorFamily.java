package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.operator.OperatorConfig;
import org.thalweg.network.operator.OperatorTransformer;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** Operator Transformers with the specification {@code moe-pot}. */
public final class OperatorFamily {
    private static final ArchitectureSpec SPECIFICATION = ArchitectureSpec.builtIn("moe-pot");

    private OperatorFamily() {}

    /**
     * The network of some sizes.
     *
     * @param config its sizes
     * @return the network
     */
    public static OperatorTransformer network(OperatorConfig config) {
        return new OperatorTransformer(config, RoleNames.of(SPECIFICATION, flags(config), ""));
    }

    /**
     * The symmetries of models of some sizes.
     *
     * @param config the sizes
     * @return the bound specification
     */
    public static Architecture architecture(OperatorConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network(config).tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        Set<Integer> blocks = new TreeSet<>(IntStream.range(0, config.blocks()).boxed().toList());
        return SPECIFICATION.bind(shapes, new Conditions(flags(config), Map.of("blocks", blocks), Map.of()));
    }

    private static Set<String> flags(OperatorConfig config) {
        return config.layer()
                .map(layer -> layer.router().isScaleFree() ? Set.of("top-1-of-selected") : Set.<String>of())
                .orElse(Set.of("plain"));
    }
}
