package org.thalweg.training;

import java.util.OptionalDouble;
import org.thalweg.connectivity.Examples;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Network;
import org.thalweg.network.StageSpan;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** What a training makes small: the mean over a batch of how wrong a network is, with what else is asked of it. */
@FunctionalInterface
public interface TrainingLoss {
    /** The mean cross-entropy of outputs and classes, in nats. */
    TrainingLoss CROSS_ENTROPY = new TrainingLoss() {
        @Override
        public Tensor of(Pass pass) {
            return Functions.crossEntropy(pass.outputs(), pass.labels());
        }

        @Override
        public OptionalDouble ofBlindGuess(Examples examples) {
            return OptionalDouble.of(Math.log(examples.classes()));
        }
    };

    /** The mean squared difference of outputs and labels, which are numbers of one shape. */
    TrainingLoss SQUARED_ERROR = pass -> squaredError(pass.outputs(), pass.labels());

    /**
     * One batch on its way through the network.
     *
     * @param network the network
     * @param model all its tensors
     * @param state what the stage {@code from} takes; the inputs when that is 0
     * @param from the first stage that is run
     * @param labels what is right
     * @param step of the training, counted from 0
     */
    record Pass(Network network, Parameters model, Tensor state, int from, Tensor labels, long step) {
        /** What the network answers. */
        public Tensor outputs() {
            return outputs(ExpertChoice.FREE);
        }

        /**
         * What the network answers, shown to somebody who watches or decides which experts are used.
         *
         * @param choice told of every choice of experts
         * @return the outputs
         */
        public Tensor outputs(ExpertChoice choice) {
            return network.run(model, state, new StageSpan(from, network.stages()), choice);
        }
    }

    /**
     * The loss of one batch.
     *
     * @param pass the batch
     * @return one number with its gradients
     */
    Tensor of(Pass pass);

    /**
     * The mean squared difference of numbers.
     *
     * @param outputs any shape; not changed
     * @param labels of the same shape; not changed
     * @return one number with its gradients
     */
    static Tensor squaredError(Tensor outputs, Tensor labels) {
        Tensor difference = outputs.subtract(labels);
        return difference.multiply(difference).sum().multiply(1.0 / difference.size());
    }

    /**
     * The loss of a network that knows nothing, which no training should end at twice.
     *
     * @param examples what it is trained on
     * @return that loss; nothing when it is not known
     */
    default OptionalDouble ofBlindGuess(Examples examples) {
        return OptionalDouble.empty();
    }
}
