package org.thalweg.network.vit;

import java.util.List;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Norm;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;

/** Every tensor of a Vision Transformer, by name, in the order of the stages. */
final class VitTensors {
    private static final DeclaredTensor.Filling EMBEDDING = new DeclaredTensor.Filling.Normal(0, 0.5);

    private VitTensors() {}

    static Map<String, DeclaredTensor> of(VitConfig config, TensorNames names, int wider) {
        TensorTable table = new TensorTable(names);
        Norm norm = Norm.layer(config.details().epsilon());
        long residual = config.residual();
        long heads = wider * residual;
        long channels = config.image().channels();
        long patch = config.patch();
        table.put(Role.CLASS_TOKEN, EMBEDDING, 1, 1, residual);
        table.put(Role.POSITIONS, EMBEDDING, 1, config.tokens(), residual);
        DeclaredTensor.Filling filling =
                new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(channels * patch * patch));
        table.put(Role.PATCHES, filling, residual, channels, patch, patch);
        table.put(TensorNames.biasOf(names.of(Role.PATCHES, 0)), filling, residual);
        for (int layer = 0; layer < config.layers(); layer++) {
            table.at(2 * layer + 1, layer);
            table.norm(Role.ATTENTION_NORM, norm, residual);
            for (Role part : List.of(Role.QUERY, Role.KEY, Role.VALUE)) {
                table.linear(part, heads, residual, config.details().queryKeyValueBias());
            }
            table.linear(Role.ATTENTION_OUTPUT, residual, heads, true);
            table.at(2 * layer + 2, layer);
            table.norm(Role.FEED_FORWARD_NORM, norm, residual);
            if (config.isMoe(layer)) {
                VitConfig.MoeLayers moe = config.moe().orElseThrow();
                moe.layer().layer(moe.gateBias()).declare(table, residual);
            } else {
                table.linear(Role.UP, config.feedForward(), residual, true);
                table.linear(Role.DOWN, residual, config.feedForward(), true);
            }
        }
        table.at(2 * config.layers() + 1, 0);
        table.norm(Role.FINAL_NORM, norm, residual);
        switch (config.details().head()) {
            case CLASSIFIER -> table.linear(Role.CLASSIFIER, config.classes(), residual, true);
            case BODY -> { }
            case POOLER -> table.linear(Role.POOLER, residual, residual, true);
        }
        return table.tensors();
    }
}
