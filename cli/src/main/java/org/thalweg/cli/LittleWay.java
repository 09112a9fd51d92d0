package org.thalweg.cli;

import java.util.function.UnaryOperator;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.Network;
import org.thalweg.network.moe.LittleModel;
import org.thalweg.tensor.Tensor;

/** A model run with half of its experts, and how often that was not enough. For one evaluation by one thread. */
final class LittleWay {
    private final double threshold;
    private long answers;
    private double left;

    /**
     * A way that has run nothing yet.
     *
     * @param threshold probability below which the whole model answers; 0 for never
     */
    LittleWay(double threshold) {
        this.threshold = threshold;
    }

    /**
     * What is run.
     *
     * @param model refused before any work when there is no little model in it
     */
    UnaryOperator<Network> of(ModelDirectory model) {
        LittleModel checked = new LittleModel(model.requireNetwork(), threshold, this::count);
        return _ -> checked;
    }

    private void count(Tensor doubts) {
        answers += doubts.size();
        left += doubts.sum().item();
    }

    /** The part of all answers, counted or not, that the whole model gave. */
    double share() {
        return answers == 0 ? 0 : left / answers;
    }
}
