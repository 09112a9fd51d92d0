package org.thalweg.identifiability;

import java.util.List;
import java.util.Optional;
import org.thalweg.group.Permutation;
import org.thalweg.symmetry.Alignment;

/** What was found out about two MoE layers. */
public sealed interface Identification {
    /**
     * Largest relative differences of the best relation found; 0 is equal.
     *
     * @param outputs of the two layers on the probes
     * @param gate between the gates, after order, translation and (k = 1) scale
     * @param experts between matched experts' outputs, on the probes for which the gate uses them
     * @param shared between the shared experts' outputs, 0 without them
     */
    record Residuals(double outputs, double gate, double experts, double shared) {}

    /**
     * A group element relates them: {@code W'_i = s W_τ(i) + c_W}, {@code b'_i = s b_τ(i) + c_b}, and expert i of
     * the second layer answers as expert τ(i) of the first does on all probes that use them; experts that no probe
     * uses have weights that are related.
     *
     * @param order τ
     * @param weightShift [residual] c_W
     * @param biasShift c_b, 0 for a gate without bias
     * @param gateScale s, 1 unless one expert is selected by its own score
     * @param weights moves the first layer's tensors, under the prefix {@code moe}, to the second's, hidden
     *     units and ReLU scalings included; absent when the matched experts agree on all probes that use them, with
     *     weights not so related
     * @param residuals how exact it is
     * @param failedAssumptions of the theorem; when there are any, further elements may relate the layers as well
     */
    record Related(
            Permutation order,
            double[] weightShift,
            double biasShift,
            double gateScale,
            Optional<Alignment> weights,
            Residuals residuals,
            List<FailedAssumption> failedAssumptions)
            implements Identification {
        /** Copies array and list. */
        public Related {
            weightShift = weightShift.clone();
            failedAssumptions = List.copyOf(failedAssumptions);
        }

        @Override
        public double[] weightShift() {
            return weightShift.clone();
        }
    }

    /**
     * A group element relates the gates and all experts that were compared, but some expert was used for no probe
     * and its weights are not related: whether it is the same function remains open.
     *
     * @param experts those that were not compared, at least one
     * @param residuals of the relation of all others
     * @param failedAssumptions of the theorem
     */
    record Undecided(
            List<UncomparedExpert> experts, Residuals residuals, List<FailedAssumption> failedAssumptions)
            implements Identification {
        /** Copies the lists. */
        public Undecided {
            experts = List.copyOf(experts);
            failedAssumptions = List.copyOf(failedAssumptions);
        }
    }

    /**
     * A pair of matched experts that no probe uses in both layers.
     *
     * @param expert i, of the second layer
     * @param image τ(i), of the first layer
     * @param reached for how many probes the second layer's gate uses expert i
     * @param imageReached for how many probes the first layer's gate uses expert τ(i)
     * @param probes how many there were
     */
    record UncomparedExpert(int expert, int image, int reached, int imageReached, int probes) {
        /**
         * For people.
         *
         * @return one sentence
         */
        public String sentence() {
            return "Expert " + expert + " of the second layer (reached by " + reached + " of " + probes
                    + " probes) and expert " + image + " of the first (reached by " + imageReached
                    + ") were used together for no probe, and their weights are not related.";
        }
    }

    /**
     * They are different functions.
     *
     * @param why one sentence
     * @param residuals of the best relation tried; its outputs differ
     */
    record Unrelated(String why, Residuals residuals) implements Identification {}

    /**
     * Their outputs agree on all probes, yet no group element relates them.
     *
     * @param failedAssumptions of the theorem that would forbid it; empty only when tolerance or probes mislead
     * @param residuals of the best relation tried
     */
    record EqualButUnrelated(List<FailedAssumption> failedAssumptions, Residuals residuals) implements Identification {
        /** Copies the list. */
        public EqualButUnrelated {
            failedAssumptions = List.copyOf(failedAssumptions);
        }
    }
}
