package org.thalweg.network.decoder;

/** How a token chooses its experts and weighs them, from the logits {@code z = x Wᵀ + b}. Ties: the smaller index. */
public sealed interface Router {
    /** What the softmax weights are relative to. */
    enum Weighting {
        /** Softmax over all experts, the chosen ones' values as they are. */
        OVER_ALL,
        /** Softmax over all experts, the chosen ones' values divided by their sum. */
        OVER_ALL_RENORMALISED,
        /** Softmax over the chosen experts' logits. */
        OVER_CHOSEN
    }

    /**
     * Limit of the choice to some groups of neighbouring experts.
     *
     * @param count groups of equal size; 1 for no limit
     * @param kept groups from which experts may come
     */
    record Groups(int count, int kept) {
        /** All experts in one group. */
        public static final Groups ONE = new Groups(1, 1);
    }

    /**
     * The best by softmax: Mixtral, OLMoE, Qwen2- and Qwen3-MoE, DeepSeek-MoE and -V2, gpt-oss, Switch. A group's score
     * is that of its best expert.
     *
     * @param selected experts for each token
     * @param weighting what the weights are relative to
     * @param groups limit of the choice
     * @param scale factor of the weights
     */
    record Softmax(int selected, Weighting weighting, Groups groups, double scale) implements Router {}

    /**
     * The best by sigmoid plus a correction that does not enter the weights: DeepSeek-V3. A group's score is the sum of
     * its two best experts'.
     *
     * @param selected experts for each token
     * @param renormalise whether the weights are divided by their sum
     * @param groups limit of the choice
     * @param scale factor of the weights
     */
    record CorrectedSigmoid(int selected, boolean renormalise, Groups groups, double scale) implements Router {}

    /**
     * The best by logit; the sigmoid of the logit multiplies the expert's input: Llama 4.
     *
     * @param selected experts for each token
     */
    record SigmoidOnInput(int selected) implements Router {}

    /** Experts for each token. */
    int selected();
}
