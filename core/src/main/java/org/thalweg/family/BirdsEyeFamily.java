package org.thalweg.family;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.thalweg.network.birdseye.BirdsEye;
import org.thalweg.network.birdseye.BirdsEyeConfig;
import org.thalweg.network.birdseye.BirdsEyeConfig.Block;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** Networks of two agents and their symmetries. */
public final class BirdsEyeFamily {
    private static final ArchitectureSpec SPEC = ArchitectureSpec.builtIn("birds-eye");

    private BirdsEyeFamily() {}

    /**
     * The network of some sizes.
     *
     * @param config its sizes
     * @return the network
     */
    public static BirdsEye network(BirdsEyeConfig config) {
        return new BirdsEye(config, RoleNames.of(SPEC, Set.of("gate-bias"), ""));
    }

    /**
     * The symmetries of its weights.
     *
     * @param config its sizes
     * @return the specification {@code birds-eye}, bound to the shapes of the network's tensors
     */
    public static Architecture architecture(BirdsEyeConfig config) {
        Set<String> flags = new HashSet<>(
                config.epsilon().isPresent() ? Set.of("post-norm", "normalised-output") : Set.of());
        Map<String, Set<Integer>> ranges = new LinkedHashMap<>(Map.of(
                "dense-blocks", new TreeSet<>(), "moe-blocks", new TreeSet<>(),
                "inner-maps", Set.of(), "last-map", Set.of(1)));
        for (int number = 0; number < config.blocks().size(); number++) {
            boolean isSparse = false;
            if (config.blocks().get(number) instanceof Block.Experts(MoeConfig moe)) {
                isSparse = true;
                flags.addAll(MoeConditions.flags(moe.layer()));
                ranges.putAll(MoeConditions.ranges(moe.layer()));
            }
            ranges.get(isSparse ? "moe-blocks" : "dense-blocks").add(number);
        }
        Map<String, long[]> shapes = new LinkedHashMap<>();
        network(config).tensors().forEach((name, tensor) -> shapes.put(name, tensor.lengths()));
        return SPEC.bind(shapes, new Conditions(flags, ranges, Map.of("modes", config.scene().modes())));
    }
}
