package org.thalweg.network.moe;

/**
 * How a Mixture-of-Experts layer weighs its experts from the gate scores {@code s = x Wᵀ + b} (Paper A, Eq 2, 3,
 * 139). Ties go to the smaller index.
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
     * The short name used in tables and study files.
     *
     * @return {@code dense}, {@code sparse} or {@code deepseek}
     */
    default String label() {
        return switch (this) {
            case Dense() -> "dense";
            case Sparse(int k) -> "sparse(k=" + k + ")";
            case DeepSeek(int k, int s) -> "deepseek(k=" + k + ",s=" + s + ")";
        };
    }

    /**
     * How many shared experts there are.
     *
     * @return 0 unless DeepSeek gating
     */
    default int sharedExperts() {
        return switch (this) {
            case Dense() -> 0;
            case Sparse(int _) -> 0;
            case DeepSeek(int _, int s) -> s;
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
        };
    }
}
