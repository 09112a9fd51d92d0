/**
 * Training of networks that are pure functions: batches in a seeded order, schedules, resumable loops, divergence
 * noticed.
 *
 * <p>Letters: {@code batch} examples of a step, {@code examples} of the training set.
 */
package org.thalweg.training;
