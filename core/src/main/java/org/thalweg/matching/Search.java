package org.thalweg.matching;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What every matcher of a part needs to know of the whole.
 *
 * @param settled whether the positions of a space correspond already; nothing for one that only its place identifies
 * @param queue solves large problems
 * @param start where the search begins
 * @param costs by what is compared
 * @param experts by what experts are compared
 */
record Search(
        Predicate<Optional<String>> settled, AssignmentQueue queue, Start start, CostRule costs, ExpertCosts experts) {
    /** A search that compares experts by their weights. */
    Search(Predicate<Optional<String>> settled, AssignmentQueue queue, Start start, CostRule costs) {
        this(settled, queue, start, costs, ExpertCosts.WEIGHTS);
    }

    /** A search by the paper's costs from the first start. */
    static Search of(Predicate<Optional<String>> settled) {
        return new Search(settled, new AssignmentQueue(), Start.FIRST, CostRule.PAPER);
    }

    /** The same with experts compared otherwise. */
    Search with(ExpertCosts others) {
        return new Search(settled, queue, start, costs, others);
    }
}
