package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.training.Augmentation;
import org.thalweg.training.TrainingPlan;

/**
 * The keys of every training section that bound gradients and guard against overfitting.
 *
 * @param clip largest norm of all gradients together, none when absent
 * @param patience looks at held-out examples without a better model after which the training ends; the best model is
 *     kept; without it the last model is
 * @param lookEvery steps between two looks, an epoch when absent
 * @param heldOut share of the training images that is looked at; for images
 * @param crop pixels of black around an image, of which a random place is cut out; for images
 * @param flip whether half of the images are mirrored; for images
 * @param jitter how far brightness, contrast and saturation vary; for images
 * @param copies how many changed copies of each image the epochs take in turn; when absent every epoch has its own
 */
record TrainingCare(
        Optional<Double> clip,
        Optional<Integer> patience,
        Optional<Integer> lookEvery,
        Optional<Double> heldOut,
        Optional<Integer> crop,
        Optional<Boolean> flip,
        Optional<Double> jitter,
        Optional<Integer> copies) {
    /** Refuses numbers out of range. */
    TrainingCare {
        require(clip.orElse(1.0) > 0, "clip", "a positive number", clip.orElse(1.0));
        require(patience.orElse(1) >= 1, "patience", "at least 1", patience.orElse(1));
        require(lookEvery.orElse(1) >= 1, "look_every", "at least 1", lookEvery.orElse(1));
        require(lookEvery.isEmpty() || patience.isPresent(), "look_every", "patience beside it", "alone");
        require(heldOut.orElse(0.5) > 0 && heldOut.orElse(0.5) < 1, "held_out", "a share in (0, 1)",
                heldOut.orElse(0.5));
        require(crop.orElse(0) >= 0 && crop.orElse(0) <= 1 << 10, "crop", "0 to 1024", crop.orElse(0));
        require(jitter.orElse(0.0) >= 0 && jitter.orElse(0.0) < 1, "jitter", "a number in [0, 1)",
                jitter.orElse(0.0));
        require(copies.orElse(1) >= 1 && copies.orElse(1) <= 10_000, "copies", "1 to 10000", copies.orElse(1));
        boolean changes = crop.orElse(0) > 0 || flip.orElse(false) || jitter.orElse(0.0) > 0;
        require(copies.isEmpty() || changes, "copies", "crop, flip or jitter beside it", "alone");
    }

    /**
     * Refuses patience without anything to look at.
     *
     * @param section of the file
     * @throws WrongUse when images are to end a training and none are held out
     */
    void requireHeldOut(String section) {
        require(patience.isEmpty() || heldOut.isPresent(), section + ".patience",
                section + ".held_out beside it, the share of training images to judge by", "alone");
    }

    /** A plan with these bounds. */
    TrainingPlan plan(TrainingPlan plain) {
        return new TrainingPlan(plain.epochs(), plain.batch(), plain.method(), plain.schedule(),
                clip.orElse(Double.POSITIVE_INFINITY), copies.orElse(0));
    }

    Augmentation augmentation() {
        return new Augmentation(crop.orElse(0), flip.orElse(false), jitter.orElse(0.0));
    }

    /**
     * What a step needs to know of them.
     *
     * @param split seed of the choice of held-out images
     * @return all but the bounds
     */
    Precautions precautions(long split) {
        return new Precautions(augmentation(), heldOut.orElse(0.0), heldOut.isPresent() ? split : 0,
                patience.orElse(0), lookEvery.orElse(0));
    }
}
