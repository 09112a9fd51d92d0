package org.thalweg.network.encoderdecoder;

import org.thalweg.network.TensorNames;

/**
 * What the tensors of an encoder-decoder are called.
 *
 * @param ends what both stacks share, and the head
 * @param encoder of the encoder
 * @param decoder of the decoder
 */
public record SwitchNames(TensorNames ends, TensorNames encoder, TensorNames decoder) {}
