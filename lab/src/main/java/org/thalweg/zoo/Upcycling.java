package org.thalweg.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.network.Role;
import org.thalweg.network.TensorNames;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.residual.ResidualNetwork;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * A dense model becomes one with experts: every expert, the shared one too, is a copy of the layer's feed-forward
 * network; routers are normal with the deviation 0.006 of AdaMoE's code, in which an adapter that reads the token alone
 * begins as the router does.
 */
final class Upcycling {
    private static final double DEVIATION = 0.006;

    private Upcycling() {}

    /**
     * The first weights of a model with experts.
     *
     * @param dense a model of the same blocks without experts; not changed
     * @param network the one with experts; one without gets the dense model's tensors
     * @param random where routers come from
     * @return every tensor of the network
     */
    static Parameters of(Parameters dense, ResidualNetwork network, Random random) {
        TensorNames names = network.names();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<MoeLayer> layers = network.config().layers();
        for (int layer = 0; layer < layers.size(); layer++) {
            String router = names.of(Role.ROUTER, layer);
            tensors.put(router, normal(network, router, random));
            for (Role role : List.of(Role.ROUTER_ADAPTER, Role.PROBABILITY_ADAPTER)) {
                if (names.has(role)) {
                    String adapter = names.of(role, layer);
                    tensors.put(adapter, names.has(Role.PROBABILITY_ADAPTER)
                            ? normal(network, adapter, random) : tensors.get(router).copy());
                }
            }
            Map<Role, List<Role>> copies = Map.of(Role.GATE, List.of(Role.EXPERT_GATE, Role.SHARED_GATE),
                    Role.UP, List.of(Role.EXPERT_UP, Role.SHARED_UP),
                    Role.DOWN, List.of(Role.EXPERT_DOWN, Role.SHARED_DOWN));
            for (Map.Entry<Role, List<Role>> copy : copies.entrySet()) {
                Tensor weight = dense.get(names.of(copy.getKey(), layer));
                for (int expert = 0; expert < layers.get(layer).count(); expert++) {
                    tensors.put(names.of(copy.getValue().getFirst(), layer, expert, 0), weight.copy());
                }
                tensors.put(names.of(copy.getValue().getLast(), layer), weight.copy());
            }
        }
        Map<String, Tensor> inOrder = new LinkedHashMap<>();
        network.tensors().keySet().forEach(name ->
                inOrder.put(name, tensors.containsKey(name) ? tensors.get(name) : dense.get(name).copy()));
        return Parameters.of(inOrder);
    }

    private static Tensor normal(ResidualNetwork network, String name, Random random) {
        return random.normal(DType.FLOAT32, network.tensors().get(name).lengths()).multiply(DEVIATION);
    }
}
