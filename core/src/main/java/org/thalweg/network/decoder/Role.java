package org.thalweg.network.decoder;

/** What a tensor does in a decoder. Families differ in the names they give the same role. */
public enum Role {
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
    /** Gate map of a dense feed-forward network. */
    GATE,
    /** Up map of a dense feed-forward network; the first map where there is no gate. */
    UP,
    /** Down map of a dense feed-forward network. */
    DOWN,
    /** Router [experts residual]. */
    ROUTER,
    /** Number per expert that is added for the choice only. */
    ROUTER_CORRECTION,
    /** Gate map of one expert. */
    EXPERT_GATE,
    /** Up map of one expert. */
    EXPERT_UP,
    /** Down map of one expert. */
    EXPERT_DOWN,
    /** Gate and up maps of all experts in one tensor. */
    EXPERTS_GATE_UP,
    /** Down maps of all experts in one tensor. */
    EXPERTS_DOWN,
    /** Gate map of the shared experts. */
    SHARED_GATE,
    /** Up map of the shared experts. */
    SHARED_UP,
    /** Down map of the shared experts. */
    SHARED_DOWN,
    /** Row whose sigmoid weighs the shared experts. */
    SHARED_SWITCH,
    /** Prefix of the tensors of a {@link org.thalweg.network.MoeLayer}. */
    MOE,
    /** Norm before the head. */
    FINAL_NORM,
    /** Map to the vocabulary. */
    HEAD,
    /** Map before the final norm (BERT). */
    HEAD_TRANSFORM,
    /** Bias of the logits of a tied head (BERT). */
    HEAD_BIAS
}
