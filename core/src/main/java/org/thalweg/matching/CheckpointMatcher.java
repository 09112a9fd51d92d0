package org.thalweg.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns B to A along saved checkpoints of both trainings, A_0 … A_n = A and B_0 … B_m = B: consecutive checkpoints of
 * one training are matched to one another, the first ones across the trainings, and the alignments are composed,
 * {@code (α_1 ∘ … ∘ α_n)⁻¹ ∘ γ ∘ (β_1 ∘ … ∘ β_m)}, where α_k carries A_k to A_(k-1), β_k carries B_k to B_(k-1), and γ
 * carries B_0 to A_0. Which unit of A is which of B is then decided where the trainings have moved least apart; the
 * weights of A and B are not compared. Source: arXiv 2606.31963, which composes signed permutations of the stream along
 * two trainings that start from one model; here every space takes part, and the first checkpoints may be any. Time is
 * one matching for each checkpoint but one.
 *
 * @param pairwise matches two checkpoints
 * @param references checkpoints of A's training before A, in the order of training; perhaps none
 * @param models checkpoints of B's training before B, in the order of training; perhaps none
 */
record CheckpointMatcher(Matcher pairwise, List<TensorReader> references, List<TensorReader> models)
        implements Matcher {
    private static final String BY = "checkpoints";

    /** Copies the lists. */
    CheckpointMatcher {
        references = List.copyOf(references);
        models = List.copyOf(models);
    }

    @Override
    public Match match(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        List<TensorReader> ofA = new ArrayList<>(references);
        ofA.add(reference);
        List<TensorReader> ofB = new ArrayList<>(models);
        ofB.add(model);
        Match first = pairwise.match(architecture, ofA.getFirst(), ofB.getFirst(), observer);
        Alignment whole = toFirst(architecture, ofA, observer).inverse()
                .compose(first.alignment().compose(toFirst(architecture, ofB, observer)));
        String note = "composed along checkpoints, " + references.size() + " before A and " + models.size()
                + " before B; of A's and B's trainings only the first ones were matched to one another";
        return new Match(whole, findings(first, whole), first.objectives(), List.of(note), Optional.empty());
    }

    /** Carries the last checkpoint of a training to the first. */
    private Alignment toFirst(Architecture architecture, List<TensorReader> training, WorkObserver observer) {
        Alignment carried = architecture.identity();
        for (int later = training.size() - 1; later > 0; later--) {
            carried = pairwise.match(architecture, training.get(later - 1), training.get(later), observer).alignment()
                    .compose(carried);
        }
        return carried;
    }

    private static List<SpaceMatch> findings(Match first, Alignment whole) {
        return first.spaces().stream().map(found -> new SpaceMatch(found.space(), found.group(),
                whole.element(found.space()).moved(), OptionalDouble.empty(), OptionalDouble.empty(), BY)).toList();
    }
}
