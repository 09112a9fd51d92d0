package org.thalweg.cli;

import java.util.function.UnaryOperator;
import org.thalweg.network.Network;
import org.thalweg.network.moe.LittleModel;

/** A model run with half of its experts, and how often that was not enough. For one evaluation by one thread. */
final class LittleWay implements UnaryOperator<Network> {
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

    @Override
    public Network apply(Network model) {
        return new LittleModel(model, threshold, doubts -> {
            answers += doubts.size();
            left += doubts.sum().item();
        });
    }

    /** The part of all answers, counted or not, that the whole model gave. */
    double share() {
        return answers == 0 ? 0 : left / answers;
    }
}
