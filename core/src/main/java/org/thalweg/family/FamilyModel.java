package org.thalweg.family;

import org.thalweg.network.Network;
import org.thalweg.symmetry.spec.Conditions;

/**
 * What a configuration means.
 *
 * @param network the function
 * @param conditions what the specification needs to know, derived from the network's configuration
 */
public record FamilyModel(Network network, Conditions conditions) {}
