package org.thalweg.zoo;

import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.thalweg.matching.MatchingMethod;
import org.thalweg.network.Network;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;

/**
 * How two replicas of a variant are connected.
 *
 * @param network runs them; the check of an alignment runs it in float64
 * @param architecture its symmetries, bound to the tensors' shapes
 * @param method finds the alignment of B to A
 * @param canonical done to both models before they are matched and connected, such as folding a temperature; leaves
 *     their functions as they are
 * @param loss what is measured along the line: a mean on data that no training sees
 * @param experts the space of experts all of whose orders are ranked when there are at most 4; none to rank nothing
 */
public record Connection(
        Network network, Architecture architecture, MatchingMethod method,
        UnaryOperator<Parameters> canonical, ToDoubleFunction<Parameters> loss, Optional<String> experts) {}
