package org.thalweg.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every tensor of a Vision Transformer, by name, in the order of the stages. */
final class VitTensors {
    private static final DeclaredTensor.Filling EMBEDDING = new DeclaredTensor.Filling.Normal(0, 0.02);
    private final Map<String, DeclaredTensor> byName = new LinkedHashMap<>();
    private int stage;

    private VitTensors() {}

    static Map<String, DeclaredTensor> of(VitConfig config) {
        VitTensors table = new VitTensors();
        table.declare(config);
        return table.byName;
    }

    private void declare(VitConfig config) {
        long residual = config.residual();
        long channels = config.image().channels();
        long patch = config.patch();
        put("vit.embeddings.cls_token", EMBEDDING, 1, 1, residual);
        put("vit.embeddings.position_embeddings", EMBEDDING, 1, config.tokens(), residual);
        String projection = "vit.embeddings.patch_embeddings.projection";
        put(projection + ".weight", uniform(channels * patch * patch), residual, channels, patch, patch);
        put(projection + ".bias", uniform(channels * patch * patch), residual);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "vit.encoder.layer." + layer;
            stage++;
            norm(prefix + ".layernorm_before", residual);
            for (String part : List.of("attention.query", "attention.key", "attention.value", "output.dense")) {
                linear(prefix + ".attention." + part, residual, residual);
            }
            stage++;
            norm(prefix + ".layernorm_after", residual);
            if (config.isMoe(layer)) {
                MoeLayer.shapes(config.moe().orElseThrow().layer(), config.residual(), Vit.moePrefix(layer))
                        .forEach((name, shape) -> put(name, uniform(shape[shape.length - 1]), shape));
            } else {
                linear(prefix + ".intermediate.dense", config.feedForward(), residual);
                linear(prefix + ".output.dense", residual, config.feedForward());
            }
        }
        stage++;
        norm("vit.layernorm", residual);
        linear("classifier", config.classes(), residual);
    }

    private void linear(String name, long out, long in) {
        put(name + ".weight", uniform(in), out, in);
        put(name + ".bias", uniform(in), out);
    }

    private void norm(String name, long length) {
        put(name + ".weight", new DeclaredTensor.Filling.Normal(1, 0.1), length);
        put(name + ".bias", new DeclaredTensor.Filling.Normal(0, 0.1), length);
    }

    private static DeclaredTensor.Filling uniform(long in) {
        return new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(in));
    }

    private void put(String name, DeclaredTensor.Filling filling, long... shape) {
        byName.put(name, new DeclaredTensor(name, Arrays.stream(shape).boxed().toList(), stage, filling));
    }
}
