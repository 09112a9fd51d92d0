package org.thalweg.matching;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.thalweg.group.GroupElement;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;

/** Elements found in some spaces, to act on B one after the other's places are known: as one alignment. */
final class Correction {
    private final Map<String, GroupElement> elements = new LinkedHashMap<>();
    private final Map<String, Found> found = new LinkedHashMap<>();

    /**
     * How an element was found.
     *
     * @param similarity cosine of the weights that decided
     * @param dualityGap certificate of an assignment problem
     * @param by what decided
     */
    record Found(OptionalDouble similarity, OptionalDouble dualityGap, String by) {}

    void put(String space, GroupElement element, Found how) {
        elements.put(space, element);
        found.put(space, how);
    }

    void put(LeafMatch match) {
        elements.putAll(match.elements());
        match.findings().forEach((space, finding) -> found.put(
                space, new Found(OptionalDouble.of(finding.cosine()), finding.dualityGap(), "weights")));
    }

    Map<String, Found> found() {
        return found;
    }

    /** What is to act on B next. */
    Alignment alignment(Architecture architecture) {
        return new Alignment(architecture, elements);
    }
}
