package org.thalweg.model;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.group.GroupKind;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.StreamBasis;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.WorkObserver;

/**
 * What is done about the residual stream of two models, decided before they are matched.
 *
 * @param matching never {@link ResidualMatching#AUTO}
 * @param folded the models with folded normalisations, when it takes that
 * @param why for people, a clause
 */
record ResidualPlan(ResidualMatching matching, Optional<Folding.Folded> folded, String why) {
    /**
     * Decides. With {@link ResidualMatching#AUTO} models that share the basis of their stream keep it, those that share
     * it but for an order are matched by orders, which lose no bit, and all others by a rotation where they can have
     * one.
     *
     * @param asked what was asked for
     * @param a the model that stays
     * @param b the model that is moved, of the same kind
     * @param observer watches
     * @return the plan
     * @throws WrongUse when a rotation is asked for and the models cannot have one
     */
    static ResidualPlan of(ResidualMatching asked, Folding.Source a, Folding.Source b, WorkObserver observer) {
        return switch (asked) {
            case NONE, PERMUTATION -> new ResidualPlan(asked, Optional.empty(), "as asked for");
            case ORTHOGONAL -> rotating(a, b, "as asked for", observer);
            case AUTO -> switch (
                    StreamBasis.of(b.model().architecture(), a.tensors(), b.tensors(), observer)) {
                case SHARED -> new ResidualPlan(
                        ResidualMatching.NONE, Optional.empty(), "both models share its basis");
                case REORDERED -> new ResidualPlan(ResidualMatching.PERMUTATION, Optional.empty(),
                        "the models share its basis but for an order");
                case APART -> rotatingIfPossible(a, b, observer);
            };
        };
    }

    private static ResidualPlan rotating(Folding.Source a, Folding.Source b, String why, WorkObserver observer) {
        return switch (folding(a, b, observer)) {
            case Folding.Folded folded -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.of(folded), why);
            case Folding.Impossible(String reason) -> throw new WrongUse("the residual stream of "
                    + b.model().checkpoint().directory() + " cannot be rotated, since " + reason + "; "
                    + whatIsLeft(b.model().architecture()) + ".");
            case Folding.Already _ -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.empty(), why);
        };
    }

    private static ResidualPlan rotatingIfPossible(Folding.Source a, Folding.Source b, WorkObserver observer) {
        String apart = "the models do not share its basis";
        return switch (folding(a, b, observer)) {
            case Folding.Folded folded ->
                new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.of(folded), apart);
            case Folding.Impossible(String reason) -> new ResidualPlan(ResidualMatching.PERMUTATION, Optional.empty(),
                    apart + ", and it cannot be rotated, since " + reason);
            case Folding.Already _ -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.empty(), apart);
        };
    }

    private static Folding folding(Folding.Source a, Folding.Source b, WorkObserver observer) {
        return Folding.isRotatable(b.model().architecture())
                ? new Folding.Already()
                : Folding.of(List.of(a, b), observer);
    }

    private static String whatIsLeft(Architecture architecture) {
        String others = "heads, hidden units and what else the architecture has";
        return switch (Folding.kind(architecture)) {
            case NONE -> "residual 'none' aligns " + others;
            case GroupKind kind -> "residual 'permutation' aligns it by a " + kind.label() + ", beside " + others;
        };
    }
}
