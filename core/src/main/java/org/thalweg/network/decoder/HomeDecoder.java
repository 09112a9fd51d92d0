package org.thalweg.network.decoder;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.OtherwiseRun;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A decoder with two feed-forward networks in every layer, {@link #DIRECT} and {@link #THINKING}, of which one hard
 * decision for a whole query takes the same in all layers (Metis-HOME, arXiv 2510.20519). A router with one hidden
 * layer of ReLU units decides from the mean embedding of the query, which is the beginning of each text; what it reads
 * and that it decides once is our choice, since the paper leaves both open. The decision has no gradient: the router
 * learns from labels.
 *
 * @param usual the decoder, whose layers of two experts have the router {@code ByCaller}
 * @param query tokens of the query, at least 1; texts are no shorter
 * @param routerWidth hidden units of the router, at least 1
 */
public record HomeDecoder(Decoder usual, int query, int routerWidth) implements OtherwiseRun {
    /** The feed-forward networks that answer at once. */
    public static final int DIRECT = 0;
    /** The feed-forward networks that think first. */
    public static final int THINKING = 1;
    private static final int BRANCHES = 2;

    /** Refuses queries and routers of nothing. */
    public HomeDecoder {
        if (query < 1 || routerWidth < 1) {
            throw new WrongUse("a query has " + query + " tokens and its router " + routerWidth
                    + " hidden units; both are at least 1.");
        }
    }

    /** None but the one of the query, which is no map of the stream. */
    @Override
    public List<String> routers() {
        return List.of();
    }

    /** One stage: the decision reaches every layer. */
    @Override
    public int stages() {
        return 1;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        if (span.from() == span.to()) {
            return state;
        }
        Tensor likelier = scores(parameters, state).detach().argmax(-1); // [batch]
        Tensor branch = choice.decide(usual.names().of(Role.ROUTER, 0), likelier.unsqueeze(1)); // [batch 1]
        Tensor ofTokens = branch.expand(-1, state.length(1)).reshape(-1, 1); // [batch*tokens 1]
        return usual.run(parameters, state, new StageSpan(0, usual.stages()), (_, _) -> ofTokens);
    }

    /**
     * What the router holds of each query.
     *
     * @param parameters the model; not changed
     * @param texts [batch tokens], which begin with the query; not changed
     * @return [batch branches]
     */
    public Tensor scores(Parameters parameters, Tensor texts) {
        LayerTensors tensors = new LayerTensors(usual.names(), parameters, 0);
        Tensor mean = tensors.rows(Role.EMBEDDING, texts.narrow(1, 0, query).reshape(-1))
                .reshape(texts.length(0), query, usual.config().residual()).mean(1, false); // [batch residual]
        Tensor hidden = Functions.relu(tensors.linear(Role.ROUTER_HIDDEN, true).apply(mean)); // [batch hidden]
        return tensors.linear(Role.ROUTER, true).apply(hidden);
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        Map<String, DeclaredTensor> all = new LinkedHashMap<>();
        TensorTable table = new TensorTable(usual.names());
        table.linear(Role.ROUTER_HIDDEN, routerWidth, usual.config().residual(), true);
        table.linear(Role.ROUTER, BRANCHES, routerWidth, true);
        List.of(usual.tensors(), table.tensors()).forEach(some -> some.forEach((name, tensor) ->
                all.put(name, new DeclaredTensor(name, tensor.shape(), 0, tensor.filling()))));
        return Collections.unmodifiableMap(all);
    }

    /**
     * The model in which both branches of every layer are the feed-forward network of a dense one.
     *
     * @param dense a decoder of the same sizes with one feed-forward network in every layer
     * @param model its tensors; not changed
     * @param router the router's tensors, and perhaps others, by this network's names; not changed
     * @return every tensor of this network, shared with both
     */
    public Parameters doubled(Decoder dense, Parameters model, Parameters router) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        tensors().keySet().forEach(name -> all.put(name, (model.contains(name) ? model : router).get(name)));
        TensorNames names = dense.names();
        Map<Role, Role> branchOf = Map.of(
                Role.GATE, Role.EXPERT_GATE, Role.UP, Role.EXPERT_UP, Role.DOWN, Role.EXPERT_DOWN);
        for (int layer = 0; layer < usual.config().layers().size(); layer++) {
            for (int branch = 0; branch < BRANCHES; branch++) {
                for (Map.Entry<Role, Role> role : branchOf.entrySet()) {
                    all.put(usual.names().of(role.getValue(), layer, branch, 0),
                            model.get(names.of(role.getKey(), layer)));
                }
            }
        }
        return Parameters.of(all);
    }

    @Override
    public Object configuration() {
        return List.of(usual.config(), query, routerWidth);
    }
}
