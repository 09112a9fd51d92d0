package org.thalweg.model;

import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.Network;

/**
 * A model's network, or why there is none: a family that is not built in, or a configuration that asks for what is not.
 * The symmetries of such a model are known all the same.
 *
 * @param network the network
 * @param reason why there is none; empty when there is one
 */
public record NetworkOrReason(Optional<Network> network, String reason) {
    /**
     * Asks for the network of a model.
     *
     * @param model any model
     * @return the network or the reason
     */
    public static NetworkOrReason of(ModelDirectory model) {
        try {
            return model.network()
                    .map(network -> new NetworkOrReason(Optional.of(network), ""))
                    .orElseGet(() -> new NetworkOrReason(Optional.empty(), model.checkpoint().directory()
                            + " is of the family '" + model.family() + "', whose network is not built in."));
        } catch (WorkFailure | WrongUse refused) {
            return new NetworkOrReason(Optional.empty(), refused.getMessage());
        }
    }
}
