/**
 * Encoder-decoder Transformers as pure functions of named tensors. Letters: {@code batch} pairs of sequences,
 * {@code tokens} of a sequence, {@code residual} width of the stream, {@code width} hidden units.
 */
package org.thalweg.network.encoderdecoder;
