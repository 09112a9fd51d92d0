package org.thalweg.study;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.thalweg.connectivity.Grid;
import org.thalweg.data.ImageShape;
import org.thalweg.data.TokenRule;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;

/**
 * A study of experts on a common backbone (arXiv 2509.11348). Keys in the file are the components' names in snake
 * case; unknown ones are refused.
 *
 * @param study name, also of the run's directory
 * @param description one sentence for readers
 * @param dataset name of the images or of the text
 * @param trainPerClass how many training images of each class to use, all when absent
 * @param testPerClass how many test images of each class to use, all when absent
 * @param imageSize pixels of the square that images are brought to, as they are when absent
 * @param seed every other seed follows from it
 * @param replicas how many fine-tuned models of each kind; every two make a pair
 * @param points of the grid on which paths are measured
 * @param rankUpTo with at most so many experts, all orders of the experts are measured for the rank
 * @param rankSample with more experts, so many of their orders are, the methods' own among them; none when absent
 * @param vit sizes of the network, of a Vision Transformer
 * @param gpt2 sizes of the network, of a GPT-2
 * @param backbone the directory of a stock ViT or GPT-2 that is there already, in place of sizes
 * @param texts how texts are read; for models of texts
 * @param pretrain how the shared backbone is trained; of a directory's, how it is trained further, if at all
 * @param finetune how the experts are trained
 * @param experiments kinds of model to compare
 */
public record StudyFile(
        String study,
        Optional<String> description,
        String dataset,
        Optional<Integer> trainPerClass,
        Optional<Integer> testPerClass,
        Optional<Integer> imageSize,
        long seed,
        int replicas,
        Optional<Integer> points,
        Optional<Integer> rankUpTo,
        Optional<Integer> rankSample,
        Optional<VitSizes> vit,
        Optional<Gpt2Sizes> gpt2,
        Optional<String> backbone,
        Optional<TextSpec> texts,
        Optional<TrainingSpec> pretrain,
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
        requireImageSize(imageSize);
        require(!experiments.isEmpty(), "experiments", "at least one", "none");
        requireOneModel(vit, gpt2, backbone);
        if (pretrain.isEmpty() && backbone.isEmpty()) {
            throw new WrongUse("the key 'pretrain' is missing, which says how the backbone is trained.");
        }
        if (imageSize.isPresent() && vit.isEmpty()) {
            throw new WrongUse(gpt2.isPresent() ? "a gpt2 has no key 'image_size'; remove it."
                    : "a backbone says itself to which size images are brought, so there is no key 'image_size' beside "
                            + "it; remove it.");
        }
        if (vit.isPresent() && texts.isPresent()) {
            throw new WrongUse("a vit has no key 'texts'; remove it.");
        }
        if (gpt2.isPresent() && texts.flatMap(TextSpec::window).isEmpty()) {
            throw new WrongUse("a gpt2 needs the key 'texts.window', the tokens that it sees at once.");
        }
        if (backbone.isPresent() && texts.filter(TextSpec::saysTokens).isPresent()) {
            throw new WrongUse("a backbone has tokens of its own and no keys 'texts.tokens' and 'texts.min_count'; "
                    + "remove them.");
        }
    }

    private static void requireOneModel(Optional<?> vit, Optional<?> gpt2, Optional<?> backbone) {
        long given = Stream.of(vit, gpt2, backbone).filter(Optional::isPresent).count();
        if (given == 0) {
            throw new WrongUse("the key 'vit' is missing, or 'gpt2' or 'backbone' in its place.");
        }
        if (given > 1) {
            throw new WrongUse("the keys vit, gpt2 and backbone name " + given + " models, expected one of them.");
        }
    }

    /**
     * Hidden units of a feed-forward network, where the file says them.
     *
     * @return nothing for a backbone of a directory, which says them itself
     */
    OptionalInt feedForward() {
        return vit.map(VitSizes::feedForward).or(() -> gpt2.map(Gpt2Sizes::feedForward))
                .map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    static void requireName(String study) {
        require(study.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "study",
                "a name of letters, digits, '.', '_' and '-'", study);
    }

    static void requireImageSize(Optional<Integer> imageSize) {
        int side = imageSize.orElse(1);
        require(side >= 1 && side <= ImageShape.LARGEST_SIDE, "image_size", "1 to " + ImageShape.LARGEST_SIDE, side);
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
     * Sizes of the GPT-2, apart from its depth and its texts.
     *
     * @param residual width of the residual stream
     * @param heads attention heads
     * @param feedForward hidden units of the feed-forward networks
     * @param tied whether the embedding is the head too, true when absent, as published ones have it
     */
    public record Gpt2Sizes(int residual, int heads, int feedForward, Optional<Boolean> tied) {
        /** Refuses sizes below 1 and heads that do not divide the width. */
        public Gpt2Sizes {
            require(residual >= 1 && residual <= 1 << 16, "gpt2.residual", "1 to 65536", residual);
            require(feedForward >= 1 && feedForward <= 1 << 18, "gpt2.feed_forward", "1 to 262144", feedForward);
            require(heads >= 1 && residual % heads == 0, "gpt2.heads", "a divisor of gpt2.residual = " + residual,
                    heads);
        }
    }

    /**
     * How texts are read.
     *
     * @param place file or directory with the texts, when they are not looked for by the data set's name
     * @param tokens {@code characters} (when absent), {@code words} or {@code gpt2}, of which those in the training
     *     part count
     * @param minCount words that occur less often in the training part are one word {@code <unk>}, 1 when absent
     * @param window tokens that the network sees at once; a backbone's longest when absent
     * @param split {@code files} (when absent): the parts that the set comes in; {@code cut}: all of it, cut anew
     * @param task {@code next-token} (when absent) or {@code classes}, of labelled texts
     * @param trainTokens tokens of the training part that are used, from its beginning; all when absent
     * @param testTokens tokens of the test part that are used, from its beginning; all when absent
     */
    public record TextSpec(
            Optional<String> place,
            Optional<String> tokens,
            Optional<Integer> minCount,
            Optional<Integer> window,
            Optional<String> split,
            Optional<String> task,
            Optional<Integer> trainTokens,
            Optional<Integer> testTokens) {
        /** Refuses names and numbers that mean nothing. */
        public TextSpec {
            require(window.orElse(1) >= 1 && window.orElse(1) <= 1 << 16, "texts.window", "1 to 65536",
                    window.orElse(1));
            require(List.of("files", "cut").contains(split.orElse("cut")), "texts.split", "files or cut",
                    split.orElse(""));
            require(List.of("next-token", "classes").contains(task.orElse("classes")), "texts.task",
                    "next-token or classes", task.orElse(""));
            require(trainTokens.orElse(2) >= 2, "texts.train_tokens", "at least 2", trainTokens.orElse(0));
            require(testTokens.orElse(2) >= 2, "texts.test_tokens", "at least 2", testTokens.orElse(0));
            if (task.equals(Optional.of("classes")) && (trainTokens.isPresent() || testTokens.isPresent())) {
                throw new WrongUse("texts.train_tokens and texts.test_tokens are for next tokens; of classes, all "
                        + "texts are used.");
            }
            rule(tokens, minCount);
        }

        /** What holds when a file has no such section. */
        static TextSpec usual() {
            return new TextSpec(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** Whether it says what a token is. */
        boolean saysTokens() {
            return tokens.isPresent() || minCount.isPresent();
        }

        /** Whether all of a set is cut anew. */
        boolean isCut() {
            return split.equals(Optional.of("cut"));
        }

        /** Whether texts are told apart by class, and not continued. */
        boolean isOfClasses() {
            return task.equals(Optional.of("classes"));
        }

        /** What a token is. */
        TokenRule rule() {
            return rule(tokens, minCount);
        }

        private static TokenRule rule(Optional<String> tokens, Optional<Integer> minCount) {
            return TokenRule.named(tokens.orElse("characters"), minCount.orElse(1));
        }
    }

    /**
     * One or more kinds of model: each depth with each number of experts.
     *
     * @param layers Transformer layers: one number or a list
     * @param moeLayers which layers hold experts: {@code first}, {@code last}, {@code all}, or a list counted from 1
     * @param gating {@code dense}, {@code sparse} or {@code deepseek}, or a published model such as {@code mixtral}
     * @param selected experts used for each token, k; where that is more than one or all
     * @param shared experts every token uses; for gates that have such, 1 when absent
     * @param groups of equal size to which the choice is limited; for deepseek-v2 and deepseek-v3 gates
     * @param keptGroups how many of the groups a token's experts come from
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
            Optional<Integer> groups,
            Optional<Integer> keptGroups,
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
            require(groups.orElse(1) >= 1, "experiments.groups", "at least 1", groups.orElse(1));
            require(keptGroups.orElse(1) >= 1, "experiments.kept_groups", "at least 1", keptGroups.orElse(1));
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
