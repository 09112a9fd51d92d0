package org.thalweg.network.moe;

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
     * @param members a group's score is the sum of so many of its best experts' scores
     */
    record Groups(int count, int kept, int members) {
        /** All experts in one group. */
        public static final Groups ONE = new Groups(1, 1, 1);

        /** Whether some groups are left out. */
        public boolean isLimit() {
            return kept < count;
        }
    }

    /**
     * All experts, weighed by the softmax (arXiv 2509.11348, Eq 2).
     *
     * @param selected how many there are
     */
    record Dense(int selected) implements Router {}

    /**
     * The best by softmax: Mixtral, OLMoE, Qwen2- and Qwen3-MoE, DeepSeek-MoE and -V2, gpt-oss, Switch, and the sparse
     * and DeepSeek gates of arXiv 2509.11348.
     *
     * @param selected experts for each token
     * @param weighting what the weights are relative to
     * @param groups limit of the choice
     * @param scale factor of the weights
     * @param corrected whether a number for each expert is added to its probability for the choice only (ERNIE 4.5)
     * @param leastSum what the sum by which probabilities are divided counts as when it is smaller
     */
    record Softmax(
            int selected, Weighting weighting, Groups groups, double scale, boolean corrected, double leastSum)
            implements Router {
        /** Divides by sums as they are. */
        public Softmax(int selected, Weighting weighting, Groups groups, double scale, boolean corrected) {
            this(selected, weighting, groups, scale, corrected, 0);
        }
    }

    /**
     * The best by sigmoid plus a correction that does not enter the weights: DeepSeek-V3, GLM-4, dots, MiniMax-M2.
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

    /**
     * All experts, weighed by how sure the classifier is of what each says: one minus the entropy of its classes over
     * the largest one there is, divided by their sum (GMoPE, arXiv 2511.03251, Eq 12 to 14). It has no weights.
     *
     * @param selected how many there are
     */
    record Confidence(int selected) implements Router {}

    /**
     * One expert of weight 1, named by whoever runs the layer through its {@link org.thalweg.network.ExpertChoice}; the
     * layer has no router of its own (Metis-HOME, where one decision for a whole query holds in all layers). Unless
     * somebody decides it is the first.
     */
    record ByCaller() implements Router {
        @Override
        public int selected() {
            return 1;
        }
    }

    /** How a weight is made of a probability that no longer decides it alone (AdaMoE, arXiv 2510.14300). */
    enum Decoupling {
        /** {@code p_i + (S x)_i}, not renormalised. */
        ADDITIVE,
        /** {@code softmax(C x + D p)_i} over all experts, not renormalised; C and D are the paper's map of [x; p]. */
        CONCATENATED
    }

    /**
     * The best by softmax p, weighed by what an adapter of its own makes of p and the token: AdaMoE.
     *
     * @param selected experts for each token
     * @param weights how
     */
    record Decoupled(int selected, Decoupling weights) implements Router {}

    /**
     * The best by softmax p, weighed by {@code p^power} over its sum over all experts and over k (arXiv 2511.11743).
     *
     * @param selected experts for each token, k
     * @param power 1 for p itself
     */
    record Sharpened(int selected, double power) implements Router {}

    /**
     * The best by logit, weighed by the softmax over the chosen logits divided by a temperature: MoE-POT (arXiv
     * 2510.25803).
     *
     * @param selected experts for each token
     * @param temperature more than 0; no tensor, it belongs to the configuration
     */
    record Tempered(int selected, double temperature) implements Router {}

    /** Experts for each token. */
    int selected();

    /** Limit of the choice. */
    default Groups groups() {
        return switch (this) {
            case Dense _, SigmoidOnInput _, Confidence _, ByCaller _, Decoupled _, Sharpened _,
                    Tempered _ -> Groups.ONE;
            case Softmax softmax -> softmax.groups;
            case CorrectedSigmoid(int _, boolean _, Groups groups, double _) -> groups;
        };
    }

    /** Whether a number for each expert corrects its score for the choice. */
    default boolean isCorrected() {
        return switch (this) {
            case Dense _, SigmoidOnInput _, Confidence _, ByCaller _, Decoupled _, Sharpened _, Tempered _ -> false;
            case Softmax softmax -> softmax.corrected;
            case CorrectedSigmoid _ -> true;
        };
    }

    /** Whether those numbers are one row [1 experts], not [experts] (ERNIE 4.5). */
    default boolean isCorrectedByRow() {
        return this instanceof Softmax && isCorrected();
    }

    /** Whether it has a map of its own that gives each expert a score. */
    default boolean hasScores() {
        return !(this instanceof Confidence) && !(this instanceof ByCaller);
    }

    /** Whether a common shift of all logits changes nothing. */
    default boolean isShiftFree() {
        return switch (this) {
            case Dense _, Softmax _, Decoupled _, Sharpened _, Tempered _ -> true;
            case CorrectedSigmoid _, SigmoidOnInput _, Confidence _, ByCaller _ -> false;
        };
    }

    /** Whether a positive factor of all logits changes nothing: one expert is chosen and has the weight 1. */
    default boolean isScaleFree() {
        return switch (this) {
            case Dense(int selected) -> selected == 1;
            case Tempered(int selected, double _) -> selected == 1;
            case Softmax(int selected, Weighting weighting, Groups groups, double _, boolean corrected, double _) ->
                selected == 1 && weighting != Weighting.OVER_ALL && !corrected
                        && (!groups.isLimit() || groups.members() == 1);
            case CorrectedSigmoid _, SigmoidOnInput _, Confidence _, ByCaller _, Decoupled _, Sharpened _ -> false;
        };
    }
}
