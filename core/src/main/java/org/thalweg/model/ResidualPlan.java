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
 * What is done about the residual streams of models that are aligned, decided before they are matched.
 *
 * @param matching never {@link ResidualMatching#AUTO}
 * @param folded the models with folded normalisations, when it takes that
 * @param why for people, a clause
 */
record ResidualPlan(ResidualMatching matching, Optional<Folding.Folded> folded, String why) {
    /**
     * Decides. With {@link ResidualMatching#AUTO} models that share the basis of their stream keep it, those that share
     * it but for an order are matched by orders, which lose no bit, and all others by a rotation where they can have
     * one. Of more than two models the one whose basis differs most from the first's decides for all.
     *
     * @param asked what was asked for
     * @param sources the model that stays, and those that are moved, of the same kind
     * @param observer watches
     * @return the plan
     * @throws WrongUse when a rotation is asked for and the models cannot have one
     */
    static ResidualPlan of(ResidualMatching asked, List<Folding.Source> sources, WorkObserver observer) {
        return switch (asked) {
            case NONE, PERMUTATION -> new ResidualPlan(asked, Optional.empty(), "as asked for");
            case ORTHOGONAL -> rotating(sources, "as asked for", observer);
            case AUTO -> switch (basis(sources, observer)) {
                case SHARED -> new ResidualPlan(
                        ResidualMatching.NONE, Optional.empty(), "both models share its basis");
                case REORDERED -> new ResidualPlan(ResidualMatching.PERMUTATION, Optional.empty(),
                        "the models share its basis but for an order");
                case APART -> rotatingIfPossible(sources, observer);
            };
        };
    }

    private static StreamBasis basis(List<Folding.Source> sources, WorkObserver observer) {
        Folding.Source first = sources.getFirst();
        StreamBasis most = StreamBasis.SHARED;
        for (Folding.Source other : sources.subList(1, sources.size())) {
            StreamBasis next = StreamBasis.of(
                    other.model().architecture(), first.tensors(), other.tensors(), observer);
            // Declared from the closest to the farthest.
            most = next.compareTo(most) > 0 ? next : most;
        }
        return most;
    }

    private static ResidualPlan rotating(List<Folding.Source> sources, String why, WorkObserver observer) {
        ModelDirectory model = sources.getLast().model();
        return switch (folding(sources, observer)) {
            case Folding.Folded folded -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.of(folded), why);
            case Folding.Impossible(String reason) -> throw new WrongUse("the residual stream of "
                    + model.checkpoint().directory() + " cannot be rotated, since " + reason + "; "
                    + whatIsLeft(model.architecture()) + ".");
            case Folding.Already _ -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.empty(), why);
        };
    }

    private static ResidualPlan rotatingIfPossible(List<Folding.Source> sources, WorkObserver observer) {
        String apart = "the models do not share its basis";
        return switch (folding(sources, observer)) {
            case Folding.Folded folded ->
                new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.of(folded), apart);
            case Folding.Impossible(String reason) -> new ResidualPlan(ResidualMatching.PERMUTATION, Optional.empty(),
                    apart + ", and it cannot be rotated, since " + reason);
            case Folding.Already _ -> new ResidualPlan(ResidualMatching.ORTHOGONAL, Optional.empty(), apart);
        };
    }

    private static Folding folding(List<Folding.Source> sources, WorkObserver observer) {
        return Folding.isRotatable(sources.getLast().model().architecture())
                ? new Folding.Already()
                : Folding.of(sources, observer);
    }

    private static String whatIsLeft(Architecture architecture) {
        String others = "heads, hidden units and what else the architecture has";
        return switch (Folding.kind(architecture)) {
            case NONE -> "residual 'none' aligns " + others;
            case GroupKind kind -> "residual 'permutation' aligns it by a " + kind.label() + ", beside " + others;
        };
    }
}
