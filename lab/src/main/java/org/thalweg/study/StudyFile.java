package org.thalweg.study;

import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.Grid;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/**
 * A study of experts on a common backbone (arXiv 2509.11348). Keys in the file are the components' names in snake
 * case; unknown ones are refused.
 *
 * @param study name, also of the run's directory
 * @param description one sentence for readers
 * @param dataset name of the images
 * @param trainPerClass how many training images of each class to use, all when absent
 * @param testPerClass how many test images of each class to use, all when absent
 * @param seed every other seed follows from it
 * @param replicas how many fine-tuned models of each kind; every two make a pair
 * @param points of the grid on which paths are measured
 * @param rankUpTo with at most so many experts, all orders of the experts are measured for the rank
 * @param rankSample with more experts, so many of their orders are, the methods' own among them; none when absent
 * @param vit sizes of the network
 * @param pretrain how the shared backbone is trained
 * @param finetune how the experts are trained
 * @param experiments kinds of model to compare
 */
public record StudyFile(
        String study,
        Optional<String> description,
        String dataset,
        Optional<Integer> trainPerClass,
        Optional<Integer> testPerClass,
        long seed,
        int replicas,
        Optional<Integer> points,
        Optional<Integer> rankUpTo,
        Optional<Integer> rankSample,
        VitSizes vit,
        TrainingSpec pretrain,
        TrainingSpec finetune,
        List<ExperimentSpec> experiments) implements Study {
    /** Grid points when the file does not say: the paper's number. */
    public static final int POINTS = Grid.DEFAULT_POINTS;

    /** Experts up to which all orders are ranked when the file does not say. */
    public static final int RANK_UP_TO = 4;

    /** All orders of more experts than this are never enumerated. */
    private static final int MOST_RANKED = 6;

    /** So many orders are never drawn. */
    private static final int LARGEST_SAMPLE = 10_000;

    /** Refuses numbers that make no study. */
    public StudyFile {
        experiments = List.copyOf(experiments);
        requireName(study);
        require(replicas >= 2 && replicas <= 1000, "replicas", "2 to 1000", replicas);
        require(points.orElse(POINTS) >= 2 && points.orElse(POINTS) <= 10_001, "points", "2 to 10001",
                points.orElse(POINTS));
        require(rankUpTo.orElse(RANK_UP_TO) >= 0 && rankUpTo.orElse(RANK_UP_TO) <= MOST_RANKED, "rank_up_to",
                "0 to " + MOST_RANKED, rankUpTo.orElse(RANK_UP_TO));
        require(rankSample.orElse(2) >= 2 && rankSample.orElse(2) <= LARGEST_SAMPLE, "rank_sample",
                "2 to " + LARGEST_SAMPLE, rankSample.orElse(2));
        require(trainPerClass.orElse(1) >= 1, "train_per_class", "at least 1", trainPerClass.orElse(0));
        require(testPerClass.orElse(1) >= 1, "test_per_class", "at least 1", testPerClass.orElse(0));
        require(!experiments.isEmpty(), "experiments", "at least one", "none");
    }

    static void requireName(String study) {
        require(study.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "study",
                "a name of letters, digits, '.', '_' and '-'", study);
    }

    static void require(boolean holds, String key, String expected, Object found) {
        if (!holds) {
            throw new WrongUse(key + " is " + Shown.text(String.valueOf(found)) + ", expected " + expected + ".");
        }
    }

    /**
     * Sizes of the Vision Transformer, apart from its depth and its images.
     *
     * @param patch side of a patch, pixels
     * @param residual width of the residual stream
     * @param heads attention heads
     * @param feedForward hidden units of the feed-forward networks
     */
    public record VitSizes(int patch, int residual, int heads, int feedForward) {
        /** Refuses sizes below 1 and heads that do not divide the width. */
        public VitSizes {
            require(patch >= 1, "vit.patch", "at least 1", patch);
            require(residual >= 1 && residual <= 1 << 16, "vit.residual", "1 to 65536", residual);
            require(feedForward >= 1 && feedForward <= 1 << 18, "vit.feed_forward", "1 to 262144", feedForward);
            require(heads >= 1 && residual % heads == 0, "vit.heads", "a divisor of vit.residual = " + residual, heads);
        }
    }

    /**
     * One or more kinds of model: each depth with each number of experts.
     *
     * @param layers Transformer layers: one number or a list
     * @param moeLayers which layers hold experts: {@code first}, {@code last}, {@code all}, or a list counted from 1
     * @param gating {@code dense}, {@code sparse} or {@code deepseek}
     * @param selected experts used for each token, k; for sparse and deepseek gates
     * @param shared experts every token uses; for deepseek gates, 1 when absent
     * @param experts how many experts: one number or a list
     * @param hidden widths of an expert's hidden layers, {@code [feed_forward]} when absent
     * @param activation {@code gelu} (when absent) or {@code relu}
     * @param finetune replaces the study's fine-tuning, whole
     */
    public record ExperimentSpec(
            List<Integer> layers,
            List<String> moeLayers,
            String gating,
            Optional<Integer> selected,
            Optional<Integer> shared,
            List<Integer> experts,
            Optional<List<Integer>> hidden,
            Optional<String> activation,
            Optional<TrainingSpec> finetune) {
        /** Copies the lists and refuses empty ones. */
        public ExperimentSpec {
            layers = List.copyOf(layers);
            moeLayers = List.copyOf(moeLayers);
            experts = List.copyOf(experts);
            require(!layers.isEmpty(), "experiments.layers", "at least one number", "an empty list");
            require(layers.stream().allMatch(depth -> depth >= 1 && depth <= 1000), "experiments.layers",
                    "numbers from 1 to 1000", layers);
            require(!moeLayers.isEmpty(), "experiments.moe_layers", "first, last, all or numbers", "an empty list");
            require(!experts.isEmpty(), "experiments.experts", "at least one number", "an empty list");
            require(experts.stream().allMatch(count -> count >= 1 && count <= 4096), "experiments.experts",
                    "numbers from 1 to 4096", experts);
            require(hidden.orElse(List.of()).stream().allMatch(width -> width >= 1 && width <= 1 << 18),
                    "experiments.hidden", "numbers from 1 to 262144", hidden.orElse(List.of()));
            require(shared.orElse(1) >= 0 && shared.orElse(1) <= 4096, "experiments.shared", "0 to 4096",
                    shared.orElse(1));
        }
    }

    /**
     * A training.
     *
     * @param epochs passes over the training set
     * @param batch examples of a step
     * @param optimiser {@code sgd}, {@code adam} or {@code adamw}
     * @param learningRate the highest learning rate
     * @param schedule {@code cosine} (when absent) or {@code constant}
     * @param warmup share of the steps with a rising rate, 0 when absent
     * @param momentum for sgd, 0 when absent
     * @param nesterov for sgd, false when absent
     * @param betas for adam and adamw, {@code [0.9, 0.999]} when absent
     * @param epsilon for adam and adamw, 1e-8 when absent
     * @param weightDecay 0 when absent
     * @param clip as {@link TrainingCare} says, as the keys that follow do
     * @param patience looks without a better model after which the training ends
     * @param lookEvery steps between two looks
     * @param heldOut share of the training images that is looked at
     * @param crop pixels of black around an image
     * @param flip whether half of the images are mirrored
     * @param jitter how far brightness, contrast and saturation vary
     * @param copies how many changed copies of each image the epochs take in turn
     */
    public record TrainingSpec(
            int epochs,
            int batch,
            String optimiser,
            double learningRate,
            Optional<String> schedule,
            Optional<Double> warmup,
            Optional<Double> momentum,
            Optional<Boolean> nesterov,
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
            Optional<Integer> copies) {
        /** Refuses numbers out of range. */
        public TrainingSpec {
            require(epochs >= 1 && epochs <= 100_000, "epochs", "1 to 100000", epochs);
            require(batch >= 1 && batch <= 1 << 20, "batch", "1 to 1048576", batch);
            require(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY, "learning_rate",
                    "a positive number", learningRate);
            require(warmup.orElse(0.0) >= 0 && warmup.orElse(0.0) < 1, "warmup", "a share in [0, 1)",
                    warmup.orElse(0.0));
            require(momentum.orElse(0.0) >= 0 && momentum.orElse(0.0) < 1, "momentum", "a number in [0, 1)",
                    momentum.orElse(0.0));
            double decay = weightDecay.orElse(0.0);
            require(decay >= 0 && decay < Double.POSITIVE_INFINITY, "weight_decay", "0 or more", decay);
            List<Double> decays = betas.orElse(List.of(0.0, 0.0));
            require(decays.size() == 2 && decays.stream().allMatch(beta -> beta >= 0 && beta < 1), "betas",
                    "two numbers in [0, 1)", decays);
            require(epsilon.orElse(1.0) > 0 && epsilon.orElse(1.0) < Double.POSITIVE_INFINITY, "epsilon",
                    "a positive number", epsilon.orElse(1.0));
            new TrainingCare(clip, patience, lookEvery, heldOut, crop, flip, jitter, copies);
        }

        /** The keys that guard against overfitting. */
        TrainingCare care() {
            return new TrainingCare(clip, patience, lookEvery, heldOut, crop, flip, jitter, copies);
        }
    }
}
