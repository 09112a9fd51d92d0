/**
 * The two ways in which work for a user ends badly: the work failed, or the request made no sense; that it
 * {@link org.thalweg.failure.Stopped stopped on request}; and
 * {@link org.thalweg.failure.Shown how much of a user's file} a sentence about it shows, and
 * {@link org.thalweg.failure.Nearest which known name} it suggests.
 */
package org.thalweg.failure;
