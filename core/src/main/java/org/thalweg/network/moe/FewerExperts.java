package org.thalweg.network.moe;

import java.util.HashSet;
import java.util.Set;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.ExpertChoice;
import org.thalweg.tensor.Tensor;

/**
 * The better half of the experts that routers choose: the little model of MoBiLE (arXiv 2510.12357). Weights are those
 * that the model's router gives to so few experts, renormalised where it renormalises. For one run by one thread.
 */
final class FewerExperts implements ExpertChoice {
    private final ExpertChoice choice;
    private final Set<String> undecided = new HashSet<>();

    /**
     * The better half of what somebody decides.
     *
     * @param choice decides before
     */
    FewerExperts(ExpertChoice choice) {
        this.choice = choice;
    }

    @Override
    public void look(String layer, Tensor entering, boolean isShiftFree) {
        undecided.add(layer);
        choice.look(layer, entering, isShiftFree);
    }

    @Override
    public Tensor decide(String layer, Tensor chosen) {
        undecided.remove(layer);
        Tensor decided = choice.decide(layer, chosen);
        long selected = decided.length(1);
        if (selected < 2) {
            throw new WrongUse("each token uses one expert of '" + layer + "', of which there is no half; a little "
                    + "model needs a model that uses two or more.");
        }
        return decided.narrow(1, 0, selected / 2);
    }

    /** Refuses layers that were run without a choice. */
    void requireChoices() {
        undecided.stream().findFirst().ifPresent(layer -> {
            throw new WrongUse("each token uses all experts of '" + layer + "', of which none is better than another; "
                    + "a little model needs a router that chooses some.");
        });
    }
}
