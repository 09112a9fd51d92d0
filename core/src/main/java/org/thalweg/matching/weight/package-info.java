/**
 * Alignment of two whole models by their weights, for any architecture that is described as data: residual stream,
 * attention heads in their groups, experts in theirs, hidden units, and the bases inside heads.
 */
package org.thalweg.matching.weight;
