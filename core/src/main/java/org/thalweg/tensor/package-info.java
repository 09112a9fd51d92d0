/**
 * The only door to libtorch: tensors, scopes that free them, explicit random generators, gradients and optimisers.
 *
 * <p>Nothing outside this package names the binding, so that a second one could go under it. Contents:
 * {@link org.thalweg.tensor.Tensor} (an immutable view of values, except where a method name ends in {@code
 * InPlace}), {@link
 * org.thalweg.tensor.Scope} (frees what was made in it), {@link org.thalweg.tensor.Parameters} (named tensors: a
 * model),
 * {@link org.thalweg.tensor.Random} (a seeded generator), {@link org.thalweg.tensor.Gradients} and {@link
 * org.thalweg.tensor.Optimiser}, {@link org.thalweg.tensor.LinearAlgebra} (decompositions),
 * {@link org.thalweg.tensor.Engine} (threads, determinism, what runs underneath).
 *
 * <p>Shapes in documentation are in jaxtyping form: {@code [heads head_dim residual]}, the same name meaning the same
 * length. Letters: {@code batch} examples, {@code tokens} positions of a sequence, {@code residual} the model's
 * width, {@code hidden} units of a feed-forward network, {@code experts} routed experts.
 */
package org.thalweg.tensor;
