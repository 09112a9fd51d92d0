package org.thalweg.network;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tensor does in a network. Families differ in the names they give the same role. */
public enum Role {
    /** Any map of a plain feed-forward network. */
    MAP,
    /** Token embeddings [vocabulary residual]. */
    EMBEDDING,
    /** Learned positions [positions residual]. */
    POSITIONS,
    /** Embeddings of token types [types residual]. */
    TOKEN_TYPES,
    /** Norm of the sum of all embeddings. */
    EMBEDDING_NORM,
    /** Norm before attention, or after it. */
    ATTENTION_NORM,
    /** Query map. */
    QUERY,
    /** Key map. */
    KEY,
    /** Value map. */
    VALUE,
    /** Query, key and value map in one, in this order along the outputs. */
    QUERY_KEY_VALUE,
    /** Query, key and value map in one, those of each head together (GPT-NeoX). */
    QUERY_KEY_VALUE_OF_HEADS,
    /** Map from the heads' outputs to the residual stream. */
    ATTENTION_OUTPUT,
    /** Gain of the norm of queries. */
    QUERY_NORM,
    /** Gain of the norm of keys. */
    KEY_NORM,
    /** One score per head that takes part in the softmax and gives nothing. */
    SINKS,
    /** Map to the compressed query (latent attention). */
    QUERY_DOWN,
    /** Norm of the compressed query. */
    QUERY_DOWN_NORM,
    /** Map from the compressed query to the heads. */
    QUERY_UP,
    /** Map to the compressed keys and values, and to the rotary key that all heads share. */
    LATENT_DOWN,
    /** Norm of the compressed keys and values. */
    LATENT_NORM,
    /** Map from the compressed keys and values to the heads. */
    LATENT_UP,
    /** Norm before the feed-forward network, or after it. */
    FEED_FORWARD_NORM,
    /** Norm of the attention's output, before it is added to the stream. */
    ATTENTION_OUTPUT_NORM,
    /** Norm of the feed-forward network's output, before it is added to the stream. */
    FEED_FORWARD_OUTPUT_NORM,
    /** Gate map of a dense feed-forward network. */
    GATE,
    /** Up map of a dense feed-forward network; the first map where there is no gate. */
    UP,
    /** Down map of a dense feed-forward network. */
    DOWN,
    /** Router [experts residual], or its last map. */
    ROUTER,
    /** Map to the hidden units of a router that has some [hidden residual]. */
    ROUTER_HIDDEN,
    /** Number per expert that is added for the choice only. */
    ROUTER_CORRECTION,
    /** Map [experts residual] that takes part in the weights of experts and not in their choice (AdaMoE). */
    ROUTER_ADAPTER,
    /** Map [experts experts] of the router's probabilities to the same end. */
    PROBABILITY_ADAPTER,
    /** Gate map of one expert. */
    EXPERT_GATE,
    /** Up map of one expert. */
    EXPERT_UP,
    /** Down map of one expert. */
    EXPERT_DOWN,
    /** Any map of an expert that is a stack of maps. */
    EXPERT_MAP,
    /** Vector that an expert reads beside every input [prompt]. */
    EXPERT_PROMPT,
    /** Map of that vector to the expert's hidden units. */
    EXPERT_PROMPT_MAP,
    /** Gain of the normalisation behind a map of an expert. */
    EXPERT_NORM,
    /** Any map of the shared experts that are a stack of maps. */
    SHARED_MAP,
    /** Gate map of the shared experts. */
    SHARED_GATE,
    /** Up map of the shared experts. */
    SHARED_UP,
    /** Down map of the shared experts. */
    SHARED_DOWN,
    /** Row whose sigmoid weighs the shared experts. */
    SHARED_SWITCH,
    /** Norm before the head. */
    FINAL_NORM,
    /** Map to the vocabulary. */
    HEAD,
    /** Map before the final norm (BERT). */
    HEAD_TRANSFORM,
    /** Bias of the logits of a tied head (BERT). */
    HEAD_BIAS,
    /** Map of the first token's vector behind the layers (BERT). */
    POOLER,
    /** Map to the classes. */
    CLASSIFIER,
    /** The vector in front of the patches of an image [1 1 residual]. */
    CLASS_TOKEN,
    /** Map of a patch to the stream [residual channels rows columns]. */
    PATCHES,
    /** Map from a place in the bird's-eye view to the stream [residual 2]. */
    OBJECT_POSITION,
    /** Map to the occupancy of a patch's cells in the bird's-eye view [cells residual]. */
    OCCUPANCY,
    /** Map to an object's trajectories and their scores [modes*numbers residual]. */
    TRAJECTORIES,
    /** Map of a patch of all frames, each mapped by itself before, to the stream [residual (frames units)]. */
    FRAMES,
    /** Complex map of the stream's Fourier modes to hidden units [2 units residual], real above imaginary. */
    SPECTRAL_IN,
    /** Complex map of hidden units to the stream's Fourier modes [2 residual units]. */
    SPECTRAL_OUT,
    /** Map to the features that a gate and all experts of a layer read. */
    FEATURES,
    /** First map of a gate of several layers; the last is the router. */
    GATE_WIDE,
    /** Map to the few units of the attention over a gate's channels. */
    GATE_SQUEEZE,
    /** Map from these units to the channels. */
    GATE_EXCITE,
    /** Map to the vectors that the router reads. */
    GATE_NARROW,
    /** Map of the stream to the values of a patch [points residual]. */
    FIELD,
    /** Biases of the distance between two tokens [buckets heads]. */
    RELATIVE_POSITIONS,
    /** Query map of the attention to the encoder. */
    CROSS_QUERY,
    /** Key map of the attention to the encoder. */
    CROSS_KEY,
    /** Value map of the attention to the encoder. */
    CROSS_VALUE,
    /** Output map of the attention to the encoder. */
    CROSS_OUTPUT,
    /** Norm before the attention to the encoder. */
    CROSS_NORM;

    /** The name in specifications, for example {@code query-norm}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The role of a name in specifications, if there is one. */
    public static Optional<Role> named(String label) {
        return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
    }
}
