package org.thalweg.family;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.thalweg.network.quantised.Dropout;
import org.thalweg.network.quantised.QuantisedConfig;
import org.thalweg.network.quantised.QuantisedMoe;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** Layers of experts of unequal precision, and what their symmetries are. */
public final class QuantisedFamily {
    private static final String SPECIFICATION = "curious-qmoe";

    private QuantisedFamily() {}

    /**
     * The network of some sizes, after its training.
     *
     * @param config its sizes
     * @return the network
     */
    public static QuantisedMoe network(QuantisedConfig config) {
        return new QuantisedMoe(config, RoleNames.of(ArchitectureSpec.builtIn(SPECIFICATION), Set.of(), ""), false,
                Dropout.NONE);
    }

    /**
     * The symmetries of models whose weights were rounded.
     *
     * @param config their sizes
     * @return the specification bound to the shapes that the network declares
     */
    public static Architecture architecture(QuantisedConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network(config).tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        Set<Integer> classes = new TreeSet<>(IntStream.range(0, config.classes().size()).boxed().toList());
        return ArchitectureSpec.builtIn(SPECIFICATION).bind(shapes, new Conditions(Set.of(), Map.of(
                "classes", classes, "first", Set.of(0), "second", Set.of(1), "third", Set.of(2)), Map.of()));
    }
}
