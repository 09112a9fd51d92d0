/**
 * Decides whether two Mixture-of-Experts layers are the same function up to the symmetries of their weights, and when
 * equal functions are not so related, which assumption of the functional equivalence theorems fails (Paper A,
 * Theorems B.5 and C.4). Everything is computed in float64 on random probe inputs; experts are counted from 0.
 */
package org.thalweg.identifiability;
