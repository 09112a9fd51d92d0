package org.thalweg.study;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.study.StudyFile.TrainingSpec;
import org.thalweg.training.TrainingPlan;

/**
 * How a whole Transformer is trained.
 *
 * @param epochs passes over the training examples; of a text, over its windows, which follow one another
 * @param batch examples of a step
 * @param optimiser {@code adamw} (when absent), {@code adam} or {@code sgd}
 * @param learningRate the highest learning rate
 * @param schedule {@code cosine} (when absent) or {@code constant}
 * @param warmup share of the steps with a rising rate, 0 when absent
 * @param betas for adam and adamw, {@code [0.9, 0.999]} when absent
 * @param epsilon for adam and adamw, 1e-8 when absent
 * @param weightDecay 0 when absent
 * @param clip largest norm of all gradients together, none when absent
 * @param patience as {@link TrainingCare} says, as the keys up to {@code copies} do
 * @param lookEvery steps between two looks
 * @param heldOut share of the training images that is looked at; for images
 * @param crop pixels of black around an image; for images
 * @param flip whether half of the images are mirrored; for images
 * @param jitter how far brightness, contrast and saturation vary; for images
 * @param copies how many changed copies of each image the epochs take in turn; for images
 * @param dropout not computed here: anything but 0 is refused
 */
public record WholeTraining(
        int epochs,
        int batch,
        Optional<String> optimiser,
        double learningRate,
        Optional<String> schedule,
        Optional<Double> warmup,
        Optional<List<Double>> betas,
        Optional<Double> epsilon,
        Optional<Double> weightDecay,
        Optional<Double> clip,
        Optional<Integer> patience,
        Optional<Integer> lookEvery,
        Optional<Double> heldOut,
        Optional<Integer> crop,
        Optional<Boolean> flip,
        Optional<Double> jitter,
        Optional<Integer> copies,
        Optional<Double> dropout) {
    /** Refuses numbers out of range; those that other trainings have too, when the plan is made. */
    public WholeTraining {
        new TrainingCare(clip, patience, lookEvery, heldOut, crop, flip, jitter, copies);
        if (dropout.orElse(0.0) != 0) {
            throw new WrongUse("training.dropout is " + dropout.get() + ", but networks here are pure functions "
                    + "without dropout; remove the key, and use weight_decay or patience against overfitting.");
        }
    }

    /** What it has in common with other trainings. */
    TrainingSpec spec() {
        return new TrainingSpec(epochs, batch, optimiser.orElse("adamw"), learningRate, schedule, warmup,
                Optional.empty(), Optional.empty(), betas, epsilon, weightDecay, clip, patience, lookEvery, heldOut,
                crop, flip, jitter, copies);
    }

    TrainingPlan plan() {
        return Experiment.plan(spec());
    }

    TrainingCare care() {
        return spec().care();
    }
}
