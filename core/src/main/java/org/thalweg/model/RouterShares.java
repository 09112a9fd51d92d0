package org.thalweg.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.thalweg.merging.MergeMethod;
import org.thalweg.network.Network;

/**
 * How much each model counts for a merged model's routers.
 *
 * @param method by which they were merged
 * @param routers by name
 */
record RouterShares(MergeMethod method, Map<String, MergedTensor> routers) {
    /**
     * Of a merge.
     *
     * @param method by which it is done
     * @param tensors of the merged model
     * @param network of the merged model
     * @return nothing when it has no routers, or layers were moved: then a source has no router of the same place
     */
    static Optional<RouterShares> of(MergeMethod method, List<MergedTensor> tensors, Network network) {
        Map<String, MergedTensor> byName =
                tensors.stream().collect(Collectors.toMap(MergedTensor::name, Function.identity()));
        boolean isInPlace = tensors.stream().allMatch(tensor ->
                tensor.parts().allMatch(part -> part.tensor().equals(tensor.name())));
        return network.routers().isEmpty() || !isInPlace ? Optional.empty()
                : Optional.of(new RouterShares(method, network.routers().stream()
                        .collect(Collectors.toMap(Function.identity(), byName::get))));
    }

    /**
     * How much a model counts.
     *
     * @param input its number
     * @param router name of the router's weight
     * @return from 0 on
     */
    double of(int input, String router) {
        MergedTensor tensor = routers.get(router);
        double[] shares = method.shares(tensor.values(), tensor.models().size());
        double share = tensor.base().filter(base -> base.input() == input).isPresent()
                ? shares[tensor.models().size()] : 0;
        for (int model = 0; model < tensor.models().size(); model++) {
            share += tensor.models().get(model).input() == input ? shares[model] : 0;
        }
        return share;
    }
}
