package org.thalweg.network.moe;

/**
 * How a Mixture-of-Experts layer weighs its experts from the gate scores {@code s = x Wᵀ + b} (arXiv 2509.11348, Eq 2,
 * 3, 139), or as a published model does. Ties go to the smaller index.
 */
public sealed interface Gating {
    /** All experts, weighted by the softmax over all scores (Eq 2). */
    record Dense() implements Gating {}

    /**
     * The {@code selected} best experts, weighted by the softmax over the selected scores only (Eq 3).
     *
     * @param selected experts used for each token, k
     */
    record Sparse(int selected) implements Gating {}

    /**
     * The {@code selected} best experts, weighted by the softmax over all scores and not renormalised, plus experts
     * that every token uses unweighted (Eq 139).
     *
     * @param selected routed experts used for each token, k
     * @param shared experts used by every token, kept as one feed-forward network of {@code shared} times the width
     */
    record DeepSeek(int selected, int shared) implements Gating {}

    /**
     * The gate of a published model, with experts of that model's kind.
     *
     * @param model which
     * @param selected routed experts used for each token, k
     * @param shared experts used by every token, kept as one feed-forward network of {@code shared} times the width
     * @param groups limit of the choice
     */
    record Published(MoeModel model, int selected, int shared, Router.Groups groups) implements Gating {
        /** Without shared experts, all experts in one group. */
        public Published(MoeModel model, int selected) {
            this(model, selected, 0, Router.Groups.ONE);
        }
    }

    /**
     * The short name used in tables and study files.
     *
     * @return for example {@code dense}, {@code sparse(k=2)} or {@code deepseek-v3(k=2,s=1,g=2of4)}
     */
    default String label() {
        return switch (this) {
            case Dense() -> "dense";
            case Sparse(int k) -> "sparse(k=" + k + ")";
            case DeepSeek(int k, int s) -> "deepseek(k=" + k + ",s=" + s + ")";
            case Published(MoeModel model, int k, int s, Router.Groups groups) -> model.label() + "(k=" + k
                    + (model.hasShared() ? ",s=" + s : "")
                    + (groups.isLimit() ? ",g=" + groups.kept() + "of" + groups.count() : "") + ")";
        };
    }

    /**
     * How many shared experts there are.
     *
     * @return 0 where there are none
     */
    default int sharedExperts() {
        return switch (this) {
            case Dense(), Sparse(int _) -> 0;
            case DeepSeek(int _, int s) -> s;
            case Published(MoeModel _, int _, int s, Router.Groups _) -> s;
        };
    }

    /**
     * How many of the routed experts each token uses.
     *
     * @param experts how many there are
     * @return k, or all of them for dense gating
     */
    default int selectedOf(int experts) {
        return switch (this) {
            case Dense() -> experts;
            case Sparse(int k) -> k;
            case DeepSeek(int k, int _) -> k;
            case Published(MoeModel _, int k, int _, Router.Groups _) -> k;
        };
    }

    /** Whether the scores have a bias where nothing says otherwise. */
    default boolean hasBias() {
        return switch (this) {
            case Dense(), Sparse(int _), DeepSeek(int _, int _) -> true;
            case Published(MoeModel model, int _, int _, Router.Groups _) -> model.hasRouterBias();
        };
    }
}
