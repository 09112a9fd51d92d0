package org.thalweg.network.moe;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.OtherwiseRun;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A model with experts of which each token uses half as many as the model was trained with, and the model itself where
 * the half is not sure (MoBiLE, arXiv 2510.12357). The little model has the same weights and the better half, rounded
 * down, of what every router chooses, weighed as the router weighs so few. It is sure of an answer whose probability
 * reaches a threshold; both models read a text whole, each with the keys and values that it made itself. The form of
 * that test and of what is kept are our choice, since the paper leaves them open. Its symmetries are the model's.
 *
 * @param usual the big model, some of whose layers have experts
 * @param threshold least probability of the likeliest answer that is not left to the big model, from 0, with which none
 *     is, to 1
 * @param doubts given for every answer whether it was left to the big model, 1 or 0: [batch] or [batch tokens]
 */
public record LittleModel(Network usual, double threshold, Consumer<Tensor> doubts) implements OtherwiseRun {
    /** Refuses models without experts, and thresholds that are no probabilities. */
    public LittleModel {
        if (usual.routers().isEmpty()) {
            throw new WrongUse("the model has no layers of experts, so there is no little model in it.");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new WrongUse("the threshold of the fallback is " + threshold + " but is compared with a probability; "
                    + "give a number from 0 to 1.");
        }
    }

    /** The little model alone. */
    public LittleModel(Network usual) {
        this(usual, 0, _ -> { });
    }

    /**
     * Where a model is not sure.
     *
     * @param logits [… answers]; not changed
     * @param threshold least probability of the likeliest answer
     * @return […], 1 where it is below, else 0, in the type of the logits
     */
    public static Tensor doubts(Tensor logits, double threshold) {
        int last = logits.rank() - 1;
        Tensor likely = Functions.softmax(logits, last);
        double[] best = likely.gather(last, likely.argmax(last).unsqueeze(last)).toDoubles();
        for (int i = 0; i < best.length; i++) {
            best[i] = best[i] < threshold ? 1 : 0;
        }
        long[] shape = new long[last];
        System.arraycopy(logits.shape(), 0, shape, 0, last);
        return Tensor.of(best, shape).to(logits.dtype());
    }

    /** With a fallback, the state between stages is what both make: [batch 2 …], the little model's first. */
    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        if (threshold == 0 || span.from() == span.to()) {
            return little(parameters, state, span, choice);
        }
        Tensor small = little(parameters, span.from() == 0 ? state : state.select(1, 0), span, choice);
        Tensor large = usual.run(parameters, span.from() == 0 ? state : state.select(1, 1), span, choice);
        if (span.to() < stages()) {
            return Tensor.stack(List.of(small, large), 1);
        }
        Tensor doubted = doubts(small, threshold);
        doubts.accept(doubted);
        Tensor share = doubted.unsqueeze(doubted.rank());
        return large.multiply(share).add(small.multiply(share.multiply(-1).add(1)));
    }

    private Tensor little(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Half half = new Half(choice, new HashSet<>());
        Tensor outputs = usual.run(parameters, state, span, half);
        half.undecided.stream().findFirst().ifPresent(layer -> {
            throw new WrongUse("each token uses all experts of '" + layer + "', of which none is better than another; "
                    + "a little model needs a router that chooses some.");
        });
        return outputs;
    }

    /** The better half of what somebody decides, and the routers that were shown their tokens and chose nothing. */
    private record Half(ExpertChoice choice, Set<String> undecided) implements ExpertChoice {
        @Override
        public void look(String layer, Tensor entering, boolean isShiftFree) {
            undecided.add(layer);
            choice.look(layer, entering, isShiftFree);
        }

        @Override
        public Tensor decide(String layer, Tensor chosen) {
            undecided.remove(layer);
            Tensor decided = choice.decide(layer, chosen);
            if (decided.length(1) < 2) {
                throw new WrongUse("each token uses one expert of '" + layer + "', of which there is no half; a little "
                        + "model needs a model that uses two or more.");
            }
            return decided.narrow(1, 0, decided.length(1) / 2);
        }
    }

    /** Differs from the model's own. */
    @Override
    public Object configuration() {
        return List.of("little", threshold, usual.configuration());
    }
}
