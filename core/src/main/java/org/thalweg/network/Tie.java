package org.thalweg.network;

import java.util.Optional;

/**
 * An embedding that serves as the head too.
 *
 * @param embedding name of the tensor
 * @param head name that a head of its own would have; nothing where the architecture has no such tensor
 * @param lastGain name of the gain of the norm in front of the head
 * @param factor what the stream is multiplied by in front of the head while it is tied; a head of its own has it in its
 *     weights
 */
public record Tie(String embedding, Optional<String> head, String lastGain, double factor) {}
