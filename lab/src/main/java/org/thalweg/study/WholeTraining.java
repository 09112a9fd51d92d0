package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.study.StudyFile.TrainingSpec;
import org.thalweg.training.Augmentation;
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
 * @param patience looks at held-out examples without a better model after which the training ends; the best model is
 *     kept; without it the last model is
 * @param lookEvery steps between two looks, an epoch when absent
 * @param heldOut share of the training images that is looked at; for images
 * @param crop pixels of black around an image, of which a random place is cut out; for images
 * @param flip whether half of the images are mirrored; for images
 * @param jitter how far brightness, contrast and saturation vary; for images
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
        Optional<Double> dropout) {
    /** Refuses numbers out of range; those that other trainings have too, when the plan is made. */
    public WholeTraining {
        require(clip.orElse(1.0) > 0, "training.clip", "a positive number", clip.orElse(1.0));
        require(patience.orElse(1) >= 1, "training.patience", "at least 1", patience.orElse(1));
        require(lookEvery.orElse(1) >= 1, "training.look_every", "at least 1", lookEvery.orElse(1));
        require(lookEvery.isEmpty() || patience.isPresent(), "training.look_every", "training.patience beside it",
                "alone");
        require(heldOut.orElse(0.5) > 0 && heldOut.orElse(0.5) < 1, "training.held_out", "a share in (0, 1)",
                heldOut.orElse(0.5));
        require(crop.orElse(0) >= 0 && crop.orElse(0) <= 1 << 10, "training.crop", "0 to 1024", crop.orElse(0));
        require(jitter.orElse(0.0) >= 0 && jitter.orElse(0.0) < 1, "training.jitter", "a number in [0, 1)",
                jitter.orElse(0.0));
        if (dropout.orElse(0.0) != 0) {
            throw new WrongUse("training.dropout is " + dropout.get() + ", but networks here are pure functions "
                    + "without dropout; remove the key, and use weight_decay or patience against overfitting.");
        }
    }

    /** What it has in common with other trainings. */
    TrainingSpec spec() {
        return new TrainingSpec(epochs, batch, optimiser.orElse("adamw"), learningRate, schedule, warmup,
                Optional.empty(), Optional.empty(), betas, epsilon, weightDecay);
    }

    TrainingPlan plan() {
        TrainingPlan plan = Experiment.plan(spec());
        return new TrainingPlan(plan.epochs(), plan.batch(), plan.method(), plan.schedule(),
                clip.orElse(Double.POSITIVE_INFINITY));
    }

    Augmentation augmentation() {
        return new Augmentation(crop.orElse(0), flip.orElse(false), jitter.orElse(0.0));
    }
}
