/**
 * Networks as pure functions of named tensors: nothing here owns weights.
 *
 * <p>Letters: {@code batch} examples, {@code tokens} positions, {@code residual} the model's width, {@code heads}
 * attention heads of {@code head_dim} each, {@code hidden} units of a feed-forward network, {@code experts} routed
 * experts.
 */
package org.thalweg.network;
