/**
 * One decoder-only Transformer for all families of language models, as a pure function of tensors with Hugging Face's
 * names. What distinguishes the families is data: {@link org.thalweg.network.decoder.DecoderConfig} says which parts,
 * {@link org.thalweg.network.decoder.TensorNames} how the tensors are called, and
 * {@link org.thalweg.network.decoder.DecoderFamily} reads both from {@code config.json}.
 *
 * <p>Letters: {@code batch} texts, {@code tokens} positions, {@code residual} the model's width, {@code heads} query
 * heads of {@code head_dim}, {@code key_heads} key and value heads, {@code width} hidden units, {@code experts} routed
 * experts, {@code selected} experts used for each token.
 */
package org.thalweg.network.decoder;
