package org.thalweg.network.encoderdecoder;

import java.util.List;
import java.util.Map;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;

/** Every tensor of a Switch Transformer, by name, in the order of the stages. */
final class SwitchTensors {
    private static final DeclaredTensor.Filling EMBEDDING = new DeclaredTensor.Filling.Normal(0, 0.5);
    private final SwitchConfig config;
    private final TensorTable ends;

    private SwitchTensors(SwitchConfig config, TensorNames names) {
        this.config = config;
        this.ends = new TensorTable(names);
    }

    static Map<String, DeclaredTensor> of(SwitchConfig config, SwitchNames names) {
        SwitchTensors tensors = new SwitchTensors(config, names.ends());
        tensors.declare(names);
        return tensors.ends.tensors();
    }

    private void declare(SwitchNames names) {
        List<TensorNames> embeddings =
                config.tied() ? List.of(names.ends()) : List.of(names.encoder(), names.decoder());
        embeddings.forEach(own -> ends.with(own).put(
                Role.EMBEDDING, EMBEDDING, config.vocabulary(), config.residual()));
        int encoder = config.encoder().size();
        stack(ends.with(names.encoder()), 1, config.encoder());
        stack(ends.with(names.decoder()), encoder + 1, config.decoder());
        int last = encoder + config.decoder().size() + 1;
        TensorTable encoderEnd = ends.with(names.encoder());
        encoderEnd.at(encoder, 0);
        encoderEnd.norm(Role.FINAL_NORM, config.norm(), config.residual());
        TensorTable decoderEnd = ends.with(names.decoder());
        decoderEnd.at(last, 0);
        decoderEnd.norm(Role.FINAL_NORM, config.norm(), config.residual());
        ends.at(last, 0);
        if (config.tied()) {
            ends.readAgain(names.ends().of(Role.EMBEDDING, 0));
        } else {
            ends.linear(Role.HEAD, config.vocabulary(), config.residual(), false);
        }
    }

    private void stack(TensorTable table, int firstStage, List<Boolean> sparse) {
        long residual = config.residual();
        for (int block = 0; block < sparse.size(); block++) {
            table.at(firstStage + block, block);
            table.norm(Role.ATTENTION_NORM, config.norm(), residual);
            attention(table, List.of(Role.QUERY, Role.KEY, Role.VALUE, Role.ATTENTION_OUTPUT));
            if (block == 0) {
                table.put(Role.RELATIVE_POSITIONS, EMBEDDING, config.positions().buckets(), config.heads());
            } else {
                table.readAgain(table.names().of(Role.RELATIVE_POSITIONS, 0));
            }
            if (table.names().has(Role.CROSS_QUERY)) {
                table.norm(Role.CROSS_NORM, config.norm(), residual);
                attention(table, List.of(Role.CROSS_QUERY, Role.CROSS_KEY, Role.CROSS_VALUE, Role.CROSS_OUTPUT));
            }
            table.norm(Role.FEED_FORWARD_NORM, config.norm(), residual);
            if (sparse.get(block)) {
                config.moe().declare(table, residual);
            } else {
                table.linear(Role.UP, config.hidden(), residual, false);
                table.linear(Role.DOWN, residual, config.hidden(), false);
            }
        }
    }

    private void attention(TensorTable table, List<Role> roles) {
        long inner = (long) config.heads() * config.headWidth();
        roles.subList(0, 3).forEach(role -> table.linear(role, inner, config.residual(), false));
        table.linear(roles.get(3), config.residual(), inner, false);
    }
}
