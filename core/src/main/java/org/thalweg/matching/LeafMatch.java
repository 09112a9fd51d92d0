package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.group.GroupElement;

/**
 * What was found in some leaves together.
 *
 * @param elements by space, signs included
 * @param findings by leaf
 * @param similarity inner product of all slices of A and of aligned B that run over the leaves
 */
record LeafMatch(Map<String, GroupElement> elements, Map<String, Finding> findings, double similarity) {
    /**
     * What was found in one leaf.
     *
     * @param cosine the inner product divided by the product of the norms
     * @param dualityGap of the assignment problem
     */
    record Finding(double cosine, OptionalDouble dualityGap) {}

    /** Where there was nothing to be found. */
    static final LeafMatch NOTHING = new LeafMatch(Map.of(), Map.of(), 0);

    /** Copies the maps. */
    LeafMatch {
        elements = new LinkedHashMap<>(elements);
        findings = new LinkedHashMap<>(findings);
    }

    /** Whether an element was found in every one of the leaves. */
    boolean isComplete(List<Leaf> leaves) {
        return leaves.stream().allMatch(leaf -> elements.containsKey(leaf.space()));
    }

    /** Sum of the assignment problems' gaps; with one leaf it bounds the distance from the best. */
    double dualityGap() {
        return findings.values().stream()
                .mapToDouble(finding -> finding.dualityGap().orElse(0))
                .reduce(0, Double::sum);
    }
}
