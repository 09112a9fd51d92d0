package org.thalweg.model;

import java.util.List;

/**
 * Whether two models can be aligned and merged.
 *
 * @param alignable whether {@code align} would take them
 * @param mergeable whether a mean of their weights is a model: the same names and shapes, and rows of embeddings that
 *     stand for the same tokens
 * @param reasons why not, sentences; empty when they are both
 * @param warnings what a merge should know, sentences
 * @param kinship whether their weights stand in one basis
 * @param advice what to do when they can be merged, a sentence; empty when they cannot
 */
public record MergeOutlook(
        boolean alignable,
        boolean mergeable,
        List<String> reasons,
        List<String> warnings,
        Kinship kinship,
        String advice) {
    /** Copies the lists. */
    public MergeOutlook {
        reasons = List.copyOf(reasons);
        warnings = List.copyOf(warnings);
    }
}
