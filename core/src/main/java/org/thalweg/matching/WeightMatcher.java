package org.thalweg.matching;

import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.TensorReader;
import org.thalweg.tensor.WorkObserver;

/**
 * Aligns model B to model A by their weights, for any architecture that is described as data.
 *
 * <p>Both models are put in one gauge ({@link MatchingGauge}). Then, in this order: the residual stream, by what reads
 * and writes it from outside; spaces of their own (hidden units, latent vectors), by exact assignment; chains (experts,
 * heads in their groups), by what does not change inside an item, and then the inside of each matched pair. Where the
 * stream was matched all is repeated with all weights until it stands still. Last, A's gauge is put back where that
 * brings the models closer ({@link GaugeChoice}).
 *
 * <p>Sources: LMC of MoE (arXiv 2509.11348), Algorithm 1, for experts; Generalized LMC (arXiv 2506.22712), section 3.2,
 * for heads, units and the stream; Git Re-Basin (arXiv 2209.04836) for coordinate descent. Costs are float64
 * ({@link org.thalweg.tensor.WorkingType}: float32 for large tensors), rounded to float for the assignment problems,
 * each of which is solved exactly for those numbers. Similarities are computed in float64 from what was chosen. The
 * answer is a local optimum where spaces are coupled, and exact where they are not. Deterministic on one machine with
 * one number of threads. Reads each tensor several times, one chain after the other.
 *
 * @param settings what is matched and how
 */
public record WeightMatcher(WeightMatchSettings settings) implements Matcher {
    @Override
    public Match match(
            Architecture architecture, TensorReader reference, TensorReader model, WorkObserver observer) {
        StartedMatching matching = new StartedMatching(architecture, settings, observer);
        return Gradients.without(() -> matching.match(reference, model));
    }
}
