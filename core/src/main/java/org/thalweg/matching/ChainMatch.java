package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.group.GroupElement;

/**
 * What was found in a chain.
 *
 * @param order which item of B takes the place of each item of A
 * @param elements the order's, by space
 * @param groups what groups of items share, matched
 * @param items the inside of each item of A, matched with that of its source in B
 */
record ChainMatch(ItemOrder order, Map<String, GroupElement> elements, List<LeafMatch> groups, List<LeafMatch> items) {
    /** Copies the collections. */
    ChainMatch {
        elements = new LinkedHashMap<>(elements);
        groups = List.copyOf(groups);
        items = List.copyOf(items);
    }

    /** Adds everything to what is to act on B next. */
    void addTo(Correction correction) {
        Correction.Found how = new Correction.Found(
                OptionalDouble.empty(), OptionalDouble.of(order.dualityGap()), order.by());
        elements.forEach((space, element) -> correction.put(space, element, how));
        groups.forEach(correction::put);
        items.forEach(correction::put);
    }
}
