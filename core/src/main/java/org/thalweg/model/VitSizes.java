package org.thalweg.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.VitConfig;
import org.thalweg.symmetry.Architecture;

/** Whether the tensors of a Vision Transformer have the sizes that its configuration states. */
final class VitSizes {
    private VitSizes() {}

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
        expected.forEach((space, size) -> Optional.ofNullable(architecture.spaces().get(space))
                .filter(found -> found.group().size() != size)
                .ifPresent(found -> {
                    throw new WorkFailure("config.json gives the space '" + space + "' the size " + size
                            + " but the tensors have " + found.group().size()
                            + "; configuration and weights are not of the same model.");
                }));
    }
}
