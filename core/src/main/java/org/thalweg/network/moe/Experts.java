package org.thalweg.network.moe;

import java.util.List;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Role;
import org.thalweg.network.TensorTable;
import org.thalweg.network.UnitFunction;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Tensor;

/** What one expert is. */
public sealed interface Experts {
    /**
     * One hidden layer: up and down maps, and a gate map where units are gated.
     *
     * @param width hidden units
     * @param units their non-linearity
     * @param bias whether the maps have biases
     */
    record OneLayer(int width, HiddenUnits units, boolean bias) implements Experts {}

    /**
     * Linear maps with biases and a function between them, as in arXiv 2509.11348.
     *
     * @param hidden widths of the hidden layers, first to last; at least one
     * @param function between the maps
     */
    record Stack(List<Integer> hidden, UnitFunction function) implements Experts {
        /** Copies the list. */
        public Stack {
            hidden = List.copyOf(hidden);
        }

        private Tensor run(LayerTensors layer, Role role, int expert, Tensor x) {
            Tensor state = x;
            for (int map = 0; map <= hidden.size(); map++) {
                state = layer.linear(role, expert, map, true).apply(map == 0 ? state : function.apply(state));
            }
            return state;
        }
    }

    /** Experts that another package computes, such as quantised ones. None of them are shared. */
    non-sealed interface Own extends Experts {
        /**
         * Output of one routed expert.
         *
         * @param layer its tensors; not changed
         * @param expert counted from 0
         * @param x [used residual]; not changed
         * @return [used outputs]
         */
        Tensor run(LayerTensors layer, int expert, Tensor x);

        /** Declares the tensors of all of them. */
        void declare(TensorTable table, int count, long residual);
    }

    /**
     * Two graph convolutions and a prompt (GMoPE, arXiv 2511.03251): {@code Â relu(Â (X Wᵀ + 1 (P p)ᵀ) + b) Vᵀ} for the
     * normalised adjacency Â, which is the network of {@code [X 1pᵀ]} whose first map is {@code [W P]}. Tokens are the
     * nodes of graphs, one graph after the other; a token is its row of {@code [Â X, Â]}.
     *
     * @param nodes of a graph
     * @param features of a node
     * @param prompt length of the prompt p
     * @param hidden units
     * @param embedding length of a node's output
     */
    record GraphConvolutions(int nodes, int features, int prompt, int hidden, int embedding) implements Experts {
        private Tensor run(LayerTensors layer, int expert, Tensor x) {
            Tensor adjacency = x.narrow(-1, features, nodes).reshape(-1, nodes, nodes); // [graphs nodes nodes]
            Tensor own = layer.linear(Role.EXPERT_UP, expert, 0, true).apply(x.narrow(-1, 0, features));
            Tensor vector = layer.parameters().get(layer.names().of(Role.EXPERT_PROMPT, layer.layer(), expert, 0));
            Tensor asked = layer.linear(Role.EXPERT_PROMPT_MAP, expert, 0, false).apply(vector); // [hidden]
            Tensor sums = adjacency.sum(2, false).reshape(-1, 1); // [tokens 1]
            Tensor units = Functions.relu(own.add(sums.multiply(asked))); // [tokens hidden]
            Tensor outputs = layer.linear(Role.EXPERT_DOWN, expert, 0, false).apply(units);
            return adjacency.matmul(outputs.reshape(-1, nodes, embedding)).reshape(-1, embedding);
        }

        private void declare(TensorTable table, int expert) {
            int layer = table.layer();
            // A prompt that all experts share has one name and is one tensor.
            table.put(table.names().of(Role.EXPERT_PROMPT, layer, expert, 0),
                    new DeclaredTensor.Filling.Normal(0, 1), prompt);
            Experts.declare(table, Role.EXPERT_PROMPT_MAP, expert, new long[] {hidden, prompt}, false);
            Experts.declare(table, Role.EXPERT_UP, expert, new long[] {hidden, features}, true);
            Experts.declare(table, Role.EXPERT_DOWN, expert, new long[] {embedding, hidden}, false);
        }
    }

    /**
     * One map with a bias and a function behind it: MoE-POT (arXiv 2510.25803). Shared ones are averaged; their maps
     * are stored in one, each output's rows together.
     *
     * @param out how many outputs
     * @param function behind the map
     */
    record OneMatrix(int out, UnitFunction function) implements Experts {
        private Tensor mean(Tensor all) {
            return all.reshape(all.length(0), out, -1).mean(2, false);
        }
    }

    /**
     * How many outputs an expert has; {@link Own} ones that lead to another width than the stream's say so.
     *
     * @param residual how many numbers it takes
     */
    default long outputs(long residual) {
        return switch (this) {
            case OneLayer _, Stack _, Own _ -> residual;
            case OneMatrix(int out, UnitFunction _) -> out;
            case GraphConvolutions graph -> graph.embedding();
        };
    }

    /**
     * Output of one routed expert.
     *
     * @param layer its tensors; not changed
     * @param expert counted from 0
     * @param x [used residual]; not changed
     * @return [used residual], of graph convolutions [used embedding]
     */
    default Tensor routed(LayerTensors layer, int expert, Tensor x) {
        return switch (this) {
            case OneLayer(int _, HiddenUnits units, boolean bias) -> {
                Tensor up = layer.linear(Role.EXPERT_UP, expert, 0, bias).apply(x); // [used width]
                Tensor hidden = units.apply(up, () -> layer.linear(Role.EXPERT_GATE, expert, 0, bias).apply(x));
                yield layer.linear(Role.EXPERT_DOWN, expert, 0, bias).apply(hidden);
            }
            case Stack stack -> stack.run(layer, Role.EXPERT_MAP, expert, x);
            case GraphConvolutions graph -> graph.run(layer, expert, x);
            case Own own -> own.run(layer, expert, x);
            case OneMatrix(int _, UnitFunction function) ->
                function.apply(layer.linear(Role.EXPERT_MAP, expert, 0, true).apply(x));
        };
    }

    /**
     * Output of the shared experts, which are one network.
     *
     * @param layer its tensors; not changed
     * @param bias whether the maps of one layer have biases
     * @param x [tokens residual]; not changed
     * @return [tokens residual]
     */
    default Tensor shared(LayerTensors layer, boolean bias, Tensor x) {
        return switch (this) {
            case OneLayer(int _, HiddenUnits units, boolean _) -> {
                Tensor up = layer.linear(Role.SHARED_UP, bias).apply(x); // [tokens width]
                Tensor hidden = units.apply(up, () -> layer.linear(Role.SHARED_GATE, bias).apply(x));
                yield layer.linear(Role.SHARED_DOWN, bias).apply(hidden);
            }
            case Stack stack -> stack.run(layer, Role.SHARED_MAP, 0, x);
            case GraphConvolutions _, Own _ -> throw noneShared();
            case OneMatrix one -> one.mean(one.function().apply(layer.linear(Role.SHARED_MAP, true).apply(x)));
        };
    }

    /** Declares the tensors of the routed experts. */
    default void declareRouted(TensorTable table, int count, long residual) {
        if (this instanceof Own own) {
            own.declare(table, count, residual);
            return;
        }
        for (int expert = 0; expert < count; expert++) {
            switch (this) {
                case OneLayer(int width, HiddenUnits units, boolean bias) -> {
                    if (units.gated()) {
                        declare(table, Role.EXPERT_GATE, expert, new long[] {width, residual}, bias);
                    }
                    declare(table, Role.EXPERT_UP, expert, new long[] {width, residual}, bias);
                    declare(table, Role.EXPERT_DOWN, expert, new long[] {residual, width}, bias);
                }
                case Stack(List<Integer> hidden, UnitFunction _) ->
                    stack(table, Role.EXPERT_MAP, expert, hidden.stream().map(Long::valueOf).toList(), residual);
                case GraphConvolutions graph -> graph.declare(table, expert);
                case Own _ -> throw new IllegalStateException("these experts declare their tensors themselves");
                case OneMatrix(int out, UnitFunction _) ->
                    declare(table, Role.EXPERT_MAP, expert, new long[] {out, residual}, true);
            }
        }
    }

    /** Declares the tensors of the shared experts: so many hidden units, stacks side by side, or single maps. */
    default void declareShared(TensorTable table, MoeLayer.Shared shared, long residual) {
        long width = shared.width();
        boolean bias = shared.bias();
        switch (this) {
            case OneLayer(int _, HiddenUnits units, boolean _) -> {
                if (units.gated()) {
                    table.linear(Role.SHARED_GATE, width, residual, bias);
                }
                table.linear(Role.SHARED_UP, width, residual, bias);
                table.linear(Role.SHARED_DOWN, residual, width, bias);
            }
            case Stack(List<Integer> hidden, UnitFunction _) -> stack(
                    table, Role.SHARED_MAP, 0, hidden.stream().map(one -> one * width).toList(), residual);
            case GraphConvolutions _, Own _ -> throw noneShared();
            case OneMatrix(int out, UnitFunction _) -> table.linear(Role.SHARED_MAP, out * width, residual, true);
        }
    }

    private static IllegalStateException noneShared() {
        return new IllegalStateException("none of these experts are shared");
    }

    private static void declare(TensorTable table, Role role, int expert, long[] shape, boolean bias) {
        table.linear(role, table.names().of(role, table.layer(), expert, 0), shape[0], shape[1], bias);
    }

    private static void stack(TensorTable table, Role role, int expert, List<Long> hidden, long residual) {
        long in = residual;
        for (int map = 0; map <= hidden.size(); map++) {
            long out = map == hidden.size() ? residual : hidden.get(map);
            table.linear(role, table.names().of(role, table.layer(), expert, map), out, in, true);
            in = out;
        }
    }
}
