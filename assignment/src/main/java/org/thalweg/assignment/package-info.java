/**
 * Linear assignment on dense matrices of floats or doubles: exact, with dual variables and a certificate that
 * anybody can check.
 *
 * <p>Letters in shapes: {@code m} rows, {@code n} columns, {@code g} groups, {@code k} members of a group. The package
 * depends on nothing but the Java platform. Start at {@link org.thalweg.assignment.AssignmentSolver}.
 */
package org.thalweg.assignment;
