package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Architecture;

/** Whether tensors have the sizes that the configuration states, for networks that do not ask when they are loaded. */
final class ConfigSizes {
    private ConfigSizes() {}

    static void require(VitConfig config, Architecture architecture) {
        Map<String, Integer> expected = new LinkedHashMap<>();
        expected.put("residual", config.residual());
        expected.put("channels", config.image().channels());
        expected.put("patch_rows", config.patch());
        expected.put("patch_columns", config.patch());
        expected.put("positions", config.tokens());
        expected.put("classes", config.classes());
        for (int layer = 0; layer < config.layers(); layer++) {
            expected.put("layers." + layer + ".hidden", config.feedForward());
            config.moe().ifPresent(moe -> moe.layers().forEach(
                    sparse -> expected.put("layers." + sparse + ".moe.experts", moe.layer().experts())));
        }
        require(expected, architecture);
    }

    static void require(MlpConfig config, Architecture architecture) {
        Map<String, Integer> expected = new LinkedHashMap<>();
        expected.put("inputs", config.sizes().getFirst());
        expected.put("classes", config.sizes().getLast());
        for (int depth = 0; depth < config.maps() - 1; depth++) {
            expected.put("hidden." + depth, config.sizes().get(depth + 1));
        }
        require(expected, architecture);
    }

    private static void require(Map<String, Integer> expected, Architecture architecture) {
        expected.forEach((space, size) -> Optional.ofNullable(architecture.spaces().get(space))
                .filter(found -> found.group().size() != size)
                .ifPresent(found -> {
                    throw new WorkFailure("config.json gives the space '" + space + "' the size " + size
                            + " but the tensors have " + found.group().size()
                            + "; configuration and weights are not of the same model.");
                }));
    }
}
