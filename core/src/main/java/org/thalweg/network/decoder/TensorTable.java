package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.MoeConfig;
import org.thalweg.network.MoeLayer;

/** Every tensor a decoder reads, by name, in the order of the stages. Derived from the configuration and the names. */
final class TensorTable {
    private final DecoderConfig config;
    private final TensorNames names;
    private final Map<String, DeclaredTensor> byName = new LinkedHashMap<>();
    private int layer;
    private int stage;

    private TensorTable(DecoderConfig config, TensorNames names) {
        this.config = config;
        this.names = names;
    }

    static Map<String, DeclaredTensor> of(DecoderConfig config, TensorNames names) {
        TensorTable table = new TensorTable(config, names);
        table.declare();
        return table.byName;
    }

    private void declare() {
        long residual = config.residual();
        DeclaredTensor.Filling embedding = new DeclaredTensor.Filling.Normal(0, 0.5);
        put(name(Role.EMBEDDING), embedding, config.ends().vocabulary(), residual);
        config.ends().positions().ifPresent(positions -> put(name(Role.POSITIONS), embedding, positions, residual));
        config.ends().masked().ifPresent(masked -> {
            put(name(Role.TOKEN_TYPES), embedding, masked.tokenTypes(), residual);
            norm(Role.EMBEDDING_NORM, residual, config.norm().shifted());
        });
        for (layer = 0; layer < config.layers().size(); layer++) {
            stage = 2 * layer + 1;
            norm(Role.ATTENTION_NORM, residual, config.norm().shifted());
            switch (config.attention()) {
                case Attention.Grouped grouped -> grouped(grouped);
                case Attention.Latent latent -> latent(latent);
            }
            stage = 2 * layer + 2;
            norm(Role.FEED_FORWARD_NORM, residual, config.norm().shifted());
            if (!config.layers().get(layer).sparse()) {
                dense(config.dense());
            } else {
                config.moe().ifPresentOrElse(this::moe, () -> experts(config.sparseExperts()));
            }
        }
        stage = 2 * config.layers().size() + 1;
        if (config.ends().masked().isPresent()) {
            linear(Role.HEAD_TRANSFORM, residual, residual, true);
            put(name(Role.HEAD_BIAS), new DeclaredTensor.Filling.Normal(0, 0.1), config.ends().vocabulary());
        }
        norm(Role.FINAL_NORM, residual, config.norm().shifted());
        if (!config.ends().tied()) {
            linear(Role.HEAD, config.ends().vocabulary(), residual, false);
        } else {
            byName.computeIfPresent(name(Role.EMBEDDING), (_, tied) -> tied.alsoAt(stage));
        }
    }

    private void grouped(Attention.Grouped attention) {
        long residual = config.residual();
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.keyHeads() * attention.headDim();
        boolean bias = attention.bias() != Attention.Bias.NONE;
        if (names.has(Role.QUERY_KEY_VALUE)) {
            linear(Role.QUERY_KEY_VALUE, queries + 2 * keys, residual, bias);
        } else {
            linear(Role.QUERY, queries, residual, bias);
            linear(Role.KEY, keys, residual, bias);
            linear(Role.VALUE, keys, residual, bias);
        }
        linear(Role.ATTENTION_OUTPUT, residual, queries, attention.bias() == Attention.Bias.ALL);
        switch (attention.norm()) {
            case NONE, EACH_HEAD_WITHOUT_GAIN -> { }
            case EACH_HEAD -> {
                norm(Role.QUERY_NORM, attention.headDim(), false);
                norm(Role.KEY_NORM, attention.headDim(), false);
            }
            case ALL_HEADS -> {
                norm(Role.QUERY_NORM, queries, false);
                norm(Role.KEY_NORM, keys, false);
            }
        }
        if (attention.extras().sinks()) {
            put(name(Role.SINKS), new DeclaredTensor.Filling.Normal(0, 1), attention.heads());
        }
    }

    private void latent(Attention.Latent attention) {
        long residual = config.residual();
        long heads = attention.heads();
        Attention.HeadParts head = attention.head();
        if (attention.queryRank().isPresent()) {
            long rank = attention.queryRank().getAsInt();
            linear(Role.QUERY_DOWN, rank, residual, attention.bias());
            norm(Role.QUERY_DOWN_NORM, rank, false);
            linear(Role.QUERY_UP, heads * head.query(), rank, false);
        } else {
            linear(Role.QUERY, heads * head.query(), residual, false);
        }
        linear(Role.LATENT_DOWN, attention.latentRank() + head.rotary(), residual, attention.bias());
        norm(Role.LATENT_NORM, attention.latentRank(), false);
        linear(Role.LATENT_UP, heads * (head.plain() + head.value()), attention.latentRank(), false);
        linear(Role.ATTENTION_OUTPUT, residual, heads * head.value(), attention.bias());
    }

    private void dense(DecoderConfig.Dense dense) {
        if (dense.units().gated()) {
            linear(Role.GATE, dense.width(), config.residual(), dense.bias());
        }
        linear(Role.UP, dense.width(), config.residual(), dense.bias());
        linear(Role.DOWN, config.residual(), dense.width(), dense.bias());
    }

    private void experts(Experts experts) {
        long residual = config.residual();
        linear(Role.ROUTER, experts.count(), residual, experts.bias());
        if (experts.router() instanceof Router.CorrectedSigmoid) {
            put(name(Role.ROUTER_CORRECTION), new DeclaredTensor.Filling.Normal(0, 0.1), experts.count());
        }
        if (names.experts() == ExpertLayout.ONE_EACH) {
            for (int expert = 0; expert < experts.count(); expert++) {
                if (experts.units().gated()) {
                    linear(Role.EXPERT_GATE, expert, experts.width(), residual, experts.bias());
                }
                linear(Role.EXPERT_UP, expert, experts.width(), residual, experts.bias());
                linear(Role.EXPERT_DOWN, expert, residual, experts.width(), experts.bias());
            }
        } else {
            boolean rows = names.experts() == ExpertLayout.FUSED_ROWS;
            fused(Role.EXPERTS_GATE_UP, rows, 2L * experts.width(), residual);
            fused(Role.EXPERTS_DOWN, rows, residual, experts.width());
        }
        experts.shared().ifPresent(shared -> {
            linear(Role.SHARED_GATE, shared.width(), residual, false);
            linear(Role.SHARED_UP, shared.width(), residual, false);
            linear(Role.SHARED_DOWN, residual, shared.width(), false);
            if (shared.weighed()) {
                linear(Role.SHARED_SWITCH, 1, residual, false);
            }
        });
    }

    private void moe(MoeConfig moe) {
        MoeLayer.shapes(moe, config.residual(), name(Role.MOE))
                .forEach((name, shape) -> put(name, uniform(shape[shape.length - 1]), shape));
    }

    private void fused(Role role, boolean rows, long out, long in) {
        long count = config.sparseExperts().count();
        DeclaredTensor.Filling filling = uniform(in);
        put(name(role), filling, count, rows ? out : in, rows ? in : out);
        if (config.sparseExperts().bias()) {
            put(TensorNames.biasOf(name(role)), filling, count, out);
        }
    }

    private void linear(Role role, long out, long in, boolean bias) {
        linear(role, 0, out, in, bias);
    }

    private void linear(Role role, int expert, long out, long in, boolean bias) {
        String name = names.weight(role, layer, expert);
        DeclaredTensor.Filling filling = uniform(in);
        boolean inputsFirst = names.inputsFirst(role);
        put(name, filling, inputsFirst ? in : out, inputsFirst ? out : in);
        if (bias) {
            put(TensorNames.biasOf(name), filling, out);
        }
    }

    private void norm(Role role, long length, boolean shift) {
        put(name(role), new DeclaredTensor.Filling.Normal(1, 0.1), length);
        if (shift) {
            put(TensorNames.biasOf(name(role)), new DeclaredTensor.Filling.Normal(0, 0.1), length);
        }
    }

    private static DeclaredTensor.Filling uniform(long in) {
        return new DeclaredTensor.Filling.Uniform(1 / Math.sqrt(in));
    }

    private String name(Role role) {
        return names.weight(role, layer, 0);
    }

    private void put(String name, DeclaredTensor.Filling filling, long... shape) {
        List<Long> lengths = new ArrayList<>();
        for (long length : shape) {
            lengths.add(length);
        }
        byName.put(name, new DeclaredTensor(name, lengths, stage, filling));
    }
}
