package org.thalweg.network.decoder;

import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Norm;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;

/** Every tensor that a decoder reads, by name, in the order of the stages. Derived from the configuration. */
final class DecoderTensors {
    private static final DeclaredTensor.Filling EMBEDDING = new DeclaredTensor.Filling.Normal(0, 0.5);
    private final DecoderConfig config;
    private final TensorTable table;

    private DecoderTensors(DecoderConfig config, TensorNames names) {
        this.config = config;
        this.table = new TensorTable(names);
    }

    static Map<String, DeclaredTensor> of(DecoderConfig config, TensorNames names) {
        DecoderTensors tensors = new DecoderTensors(config, names);
        tensors.embedding();
        for (int layer = 0; layer < config.layers().size(); layer++) {
            tensors.layer(layer);
        }
        tensors.head();
        return tensors.table.tensors();
    }

    private void embedding() {
        long residual = config.residual();
        DecoderConfig.Embedding embedding = config.embedding();
        table.put(Role.EMBEDDING, EMBEDDING, embedding.vocabulary(), residual);
        embedding.positions().ifPresent(
                positions -> table.put(Role.POSITIONS, EMBEDDING, positions.rows(), residual));
        embedding.types().ifPresent(types -> {
            table.put(Role.TOKEN_TYPES, EMBEDDING, types, residual);
            table.norm(Role.EMBEDDING_NORM, config.block().norm(), residual);
        });
    }

    private void layer(int layer) {
        Norm norm = config.block().norm();
        DecoderConfig.NormPlace place = config.block().place();
        int first = Stages.attention(config, layer);
        table.at(first, layer);
        if (place != DecoderConfig.NormPlace.BEHIND) {
            table.norm(Role.ATTENTION_NORM, norm, config.residual());
        }
        switch (config.attention()) {
            case Attention.Grouped grouped -> grouped(grouped);
            case Attention.Latent latent -> latent(latent);
        }
        boolean behind = place == DecoderConfig.NormPlace.BEHIND || place == DecoderConfig.NormPlace.AROUND;
        if (behind) {
            table.norm(Role.ATTENTION_OUTPUT_NORM, norm, config.residual());
        }
        table.at(Stages.feedForward(config, layer), layer);
        if (place != DecoderConfig.NormPlace.BEHIND) {
            table.norm(Role.FEED_FORWARD_NORM, norm, config.residual());
        }
        if (config.layers().get(layer).sparse()) {
            config.moe().orElseThrow().declare(table, config.residual());
        } else {
            dense(config.dense());
        }
        if (behind) {
            table.norm(Role.FEED_FORWARD_OUTPUT_NORM, norm, config.residual());
        }
    }

    private void grouped(Attention.Grouped attention) {
        long residual = config.residual();
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.keyHeads() * attention.headDim();
        long values = (long) attention.keyHeads() * attention.valueDim();
        boolean bias = attention.bias().ofInputs();
        if (table.names().has(Role.QUERY_KEY_VALUE)) {
            table.linear(Role.QUERY_KEY_VALUE, queries + keys + values, residual, bias);
        } else if (table.names().has(Role.QUERY_KEY_VALUE_OF_HEADS)) {
            table.linear(Role.QUERY_KEY_VALUE_OF_HEADS, queries + keys + values, residual, bias);
        } else {
            table.linear(Role.QUERY, queries, residual, bias);
            table.linear(Role.KEY, keys, residual, bias);
            table.linear(Role.VALUE, values, residual, bias);
        }
        table.linear(Role.ATTENTION_OUTPUT, residual, (long) attention.heads() * attention.valueDim(),
                attention.bias().ofOutput());
        Norm norm = queryKeyNorm(config);
        switch (attention.norm()) {
            case NONE, EACH_HEAD_WITHOUT_GAIN -> { }
            case EACH_HEAD -> {
                table.norm(Role.QUERY_NORM, norm, attention.headDim());
                table.norm(Role.KEY_NORM, norm, attention.headDim());
            }
            case ALL_HEADS -> {
                table.norm(Role.QUERY_NORM, norm, queries);
                table.norm(Role.KEY_NORM, norm, keys);
            }
        }
        if (attention.extras().sinks()) {
            table.put(Role.SINKS, new DeclaredTensor.Filling.Normal(0, 1), attention.heads());
        }
    }

    /** Queries and keys have RMSNorms of the stream's epsilon and offset. */
    static Norm queryKeyNorm(DecoderConfig config) {
        Norm norm = config.block().norm();
        return new Norm(false, false, norm.epsilon(), norm.gainOffset());
    }

    private void latent(Attention.Latent attention) {
        long residual = config.residual();
        long heads = attention.heads();
        Attention.HeadParts head = attention.head();
        if (attention.queryRank().isPresent()) {
            long rank = attention.queryRank().getAsInt();
            table.linear(Role.QUERY_DOWN, rank, residual, attention.bias());
            table.norm(Role.QUERY_DOWN_NORM, SelfAttention.LATENT_NORM, rank);
            table.linear(Role.QUERY_UP, heads * head.query(), rank, false);
        } else {
            table.linear(Role.QUERY, heads * head.query(), residual, false);
        }
        table.linear(Role.LATENT_DOWN, attention.latentRank() + head.rotary(), residual, attention.bias());
        table.norm(Role.LATENT_NORM, SelfAttention.LATENT_NORM, attention.latentRank());
        table.linear(Role.LATENT_UP, heads * (head.plain() + head.value()), attention.latentRank(), false);
        table.linear(Role.ATTENTION_OUTPUT, residual, heads * head.value(), attention.bias());
    }

    private void dense(DecoderConfig.Dense dense) {
        long residual = config.residual();
        if (dense.units().gated()) {
            table.linear(Role.GATE, dense.width(), residual, dense.bias());
        }
        table.linear(Role.UP, dense.width(), residual, dense.bias());
        table.linear(Role.DOWN, residual, dense.width(), dense.bias());
    }

    private void vocabulary(Head.Vocabulary head) {
        long vocabulary = config.embedding().vocabulary();
        if (head.tied()) {
            table.readAgain(table.names().of(Role.EMBEDDING, 0));
        } else {
            table.linear(Role.HEAD, vocabulary, config.residual(), false);
        }
        if (head.bias()) {
            table.put(Role.HEAD_BIAS, new DeclaredTensor.Filling.Normal(0, 0.1), vocabulary);
        }
    }

    private void head() {
        long residual = config.residual();
        table.at(Stages.count(config) - 1, 0);
        Norm norm = config.block().norm();
        if (config.block().place() != DecoderConfig.NormPlace.AFTER_SUM) {
            table.norm(Role.FINAL_NORM, norm, residual);
        }
        switch (config.head()) {
            case Head.Vocabulary head -> vocabulary(head);
            case Head.Masked _ -> {
                table.readAgain(table.names().of(Role.EMBEDDING, 0));
                table.linear(Role.HEAD_TRANSFORM, residual, residual, true);
                table.norm(Role.FINAL_NORM, norm, residual);
                table.put(Role.HEAD_BIAS, new DeclaredTensor.Filling.Normal(0, 0.1), config.embedding().vocabulary());
            }
            case Head.Body() -> { }
            case Head.Pooler() -> table.linear(Role.POOLER, residual, residual, true);
            case Head.Classes(int classes) -> table.linear(Role.CLASSIFIER, classes, residual, false);
            case Head.PooledClasses(int classes) -> {
                table.linear(Role.POOLER, residual, residual, true);
                table.linear(Role.CLASSIFIER, classes, residual, true);
            }
        }
    }
}
