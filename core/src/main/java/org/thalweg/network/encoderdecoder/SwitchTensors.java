package org.thalweg.network.encoderdecoder;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;

/** Every tensor of a Switch Transformer, by name, in the order of the stages. */
final class SwitchTensors {
    private final SwitchConfig config;
    private final Map<String, DeclaredTensor> byName = new LinkedHashMap<>();
    private int stage;

    private SwitchTensors(SwitchConfig config) {
        this.config = config;
    }

    static Map<String, DeclaredTensor> of(SwitchConfig config) {
        SwitchTensors table = new SwitchTensors(config);
        table.put("shared", new DeclaredTensor.Filling.Normal(0, 0.5), config.vocabulary(), config.residual());
        table.stack("encoder", config.encoder());
        table.norm("encoder.final_layer_norm");
        int encoder = table.stage;
        table.stack("decoder", config.decoder());
        table.stage++;
        for (int later = 2; later <= encoder; later++) {
            table.readAgain(bias("encoder"), later);
        }
        for (int later = encoder + 2; later < table.stage; later++) {
            table.readAgain(bias("decoder"), later);
        }
        if (config.tied()) {
            table.readAgain("shared.weight", table.stage);
        }
        table.norm("decoder.final_layer_norm");
        if (!config.tied()) {
            table.linear("lm_head", config.vocabulary(), config.residual());
        }
        return table.byName;
    }

    /** Name of the biases of relative positions, which stand in a stack's first block and serve all. */
    static String bias(String stack) {
        return stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    }

    private void readAgain(String name, int stage) {
        byName.computeIfPresent(name, (_, tensor) -> tensor.alsoAt(stage));
    }

    private void stack(String name, List<Boolean> sparse) {
        boolean decoder = name.equals("decoder");
        for (int block = 0; block < sparse.size(); block++) {
            stage++;
            String layer = name + ".block." + block + ".layer.";
            norm(layer + "0.layer_norm");
            attention(layer + "0.SelfAttention.");
            if (block == 0) {
                byName.put(bias(name), new DeclaredTensor(bias(name),
                        List.of((long) config.positions().buckets(), (long) config.heads()), stage,
                        new DeclaredTensor.Filling.Normal(0, 0.5)));
            }
            if (decoder) {
                norm(layer + "1.layer_norm");
                attention(layer + "1.EncDecAttention.");
            }
            String last = layer + (decoder ? "2." : "1.");
            norm(last + "layer_norm");
            if (!sparse.get(block)) {
                units(last + "mlp.");
                continue;
            }
            linear(last + "mlp.router.classifier", config.experts(), config.residual());
            for (int expert = 0; expert < config.experts(); expert++) {
                units(last + "mlp.experts.expert_" + expert + ".");
            }
        }
    }

    private void attention(String name) {
        long inner = (long) config.heads() * config.headWidth();
        linear(name + "q", inner, config.residual());
        linear(name + "k", inner, config.residual());
        linear(name + "v", inner, config.residual());
        linear(name + "o", config.residual(), inner);
    }

    private void units(String name) {
        linear(name + "wi", config.hidden(), config.residual());
        linear(name + "wo", config.residual(), config.hidden());
    }

    private void linear(String name, long out, long in) {
        put(name, new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(in)), out, in);
    }

    private void norm(String name) {
        put(name, new DeclaredTensor.Filling.Normal(1, 0.1), config.residual());
    }

    private void put(String name, DeclaredTensor.Filling filling, long... shape) {
        String full = name + ".weight";
        byName.put(full, new DeclaredTensor(full,
                Arrays.stream(shape).boxed().toList(), stage, filling));
    }
}
