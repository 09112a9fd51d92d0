package org.thalweg.network.moe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.StageSpan;
import org.thalweg.network.Task;
import org.thalweg.network.Tie;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * A model with experts of which each token uses half as many as the model was trained with, and the model itself where
 * the half is not sure (MoBiLE, arXiv 2510.12357). The little model has the same weights and the better half, rounded
 * down, of what every router chooses. It is sure of an answer whose probability reaches a threshold; both models read a
 * text whole, each with the keys and values that it made itself. The form of that test and of what is kept are our
 * choice, since the paper leaves them open. Its symmetries are the model's.
 *
 * @param big the model, some of whose layers have experts
 * @param threshold least probability of the likeliest answer that is not left to the big model, from 0, with which none
 *     is, to 1
 * @param doubts given for every answer whether it was left to the big model, 1 or 0: [batch] or [batch tokens]
 */
public record LittleModel(Network big, double threshold, Consumer<Tensor> doubts) implements Network {
    /** Refuses models without experts, and thresholds that are no probabilities. */
    public LittleModel {
        if (big.routers().isEmpty()) {
            throw new WrongUse("the model has no layers of experts, so there is no little model in it.");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new WrongUse("the threshold of the fallback is " + threshold + " but is compared with a probability; "
                    + "give a number from 0 to 1.");
        }
    }

    /** The little model alone. */
    public LittleModel(Network big) {
        this(big, 0, _ -> { });
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
        Tensor large = big.run(parameters, span.from() == 0 ? state : state.select(1, 1), span, choice);
        if (span.to() < stages()) {
            return Tensor.stack(List.of(small, large), 1);
        }
        Tensor doubted = doubts(small, threshold);
        doubts.accept(doubted);
        Tensor share = doubted.unsqueeze(doubted.rank());
        return large.multiply(share).add(small.multiply(share.multiply(-1).add(1)));
    }

    private Tensor little(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        FewerExperts fewer = new FewerExperts(choice);
        Tensor outputs = big.run(parameters, state, span, fewer);
        fewer.requireChoices();
        return outputs;
    }

    @Override
    public int stages() {
        return big.stages();
    }

    @Override
    public String stageName(int stage) {
        return big.stageName(stage);
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        return big.tensors();
    }

    @Override
    public Inputs inputs() {
        return big.inputs();
    }

    @Override
    public Task task() {
        return big.task();
    }

    /** Differs from the model's own. */
    @Override
    public Object configuration() {
        return List.of("little", threshold, big.configuration());
    }

    @Override
    public Normalisation normalisation() {
        return big.normalisation();
    }

    @Override
    public double neutralGain() {
        return big.neutralGain();
    }

    @Override
    public Optional<Tie> tie() {
        return big.tie();
    }

    @Override
    public List<String> routers() {
        return big.routers();
    }
}
