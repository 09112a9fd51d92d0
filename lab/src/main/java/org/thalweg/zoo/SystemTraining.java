package org.thalweg.zoo;

import java.util.Optional;
import java.util.function.Predicate;
import org.thalweg.connectivity.Examples;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.tensor.Device;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.training.Monitor;
import org.thalweg.training.PrefixRoom;
import org.thalweg.training.Trainer;
import org.thalweg.training.TrainingLoss;
import org.thalweg.training.TrainingOutcome;
import org.thalweg.training.TrainingPlan;

/**
 * The training of one model of a system, of one phase or several.
 *
 * @param settings of the study
 * @param seed of everything random in this training
 * @param monitor told of each step
 */
public record SystemTraining(Settings settings, long seed, Monitor monitor) {
    /**
     * A phase of training.
     *
     * @param network the network
     * @param examples what it is trained on
     * @param plan how
     * @param loss what is made small
     * @param trained which tensors change
     */
    public record Phase(
            Network network, Examples examples, TrainingPlan plan, TrainingLoss loss, Predicate<String> trained) {
        /** All tensors change. */
        public Phase(Network network, Examples examples, TrainingPlan plan, TrainingLoss loss) {
            this(network, examples, plan, loss, _ -> true);
        }
    }

    /**
     * A seed for one purpose.
     *
     * @param purpose for example {@code initial weights}
     * @return a seed that depends on this training's and the purpose
     */
    public long seed(String purpose) {
        return Random.childSeed(seed, purpose);
    }

    /**
     * Runs one phase.
     *
     * @param phase what is trained
     * @param start the model to start from; not changed
     * @return the trained model
     * @throws WorkFailure when the training diverges
     */
    public Parameters train(Phase phase, Parameters start) {
        Trainer trainer = new Trainer(phase.network(), phase.examples(), phase.plan(), seed("batch order"),
                Optional.empty(), PrefixRoom.usual(), Device.CPU, phase.loss());
        return switch (trainer.train(start, phase.trained(), Optional.empty(), monitor)) {
            case TrainingOutcome.Trained done -> done.parameters();
            case TrainingOutcome.Diverged(String reason) -> throw new WorkFailure("the training diverged: " + reason
                    + "; lower the learning rate.");
        };
    }
}
