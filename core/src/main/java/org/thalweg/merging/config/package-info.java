/**
 * The merge configuration files that users have, read as they are: which models, by which method, with which values for
 * which tensor. {@link org.thalweg.merging.config.MergeFile} reads,
 * {@link org.thalweg.merging.config.MergeConfiguration} is what a file says in one form,
 * {@link org.thalweg.merging.config.ParameterValues} gives the values for one tensor.
 */
package org.thalweg.merging.config;
