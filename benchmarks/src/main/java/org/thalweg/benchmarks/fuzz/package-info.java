/**
 * Damages files that the readers accept, in ways that come from a seed, and reads them: a reader succeeds or says in a
 * sentence what is wrong, and does nothing else.
 */
package org.thalweg.benchmarks.fuzz;
