/**
 * The check that two models are one function: both run in float64 on the same inputs, whole or block by block, and no
 * output may differ by more than a tolerance in units of the largest output.
 */
package org.thalweg.equivalence;
