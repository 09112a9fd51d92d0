package org.thalweg.matching;

/**
 * Both results of Algorithm 1; which is better is decided by measuring.
 *
 * @param byGate experts ordered by their gate rows (Eq 10)
 * @param byExpert experts ordered by their weights (Eq 11)
 */
public record MatchedCandidates(Candidate byGate, Candidate byExpert) {}
