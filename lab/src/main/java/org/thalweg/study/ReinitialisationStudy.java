package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.training.TrainingPlan;

/**
 * A study of single feed-forward networks drawn anew (appendix E of arXiv 2509.11348): a model is trained, the
 * feed-forward network of one layer gets random weights again and is trained alone, all else frozen, more than once
 * with different seeds, and the loss is measured between every two of the results. Keys in the file are the components'
 * names in snake case; unknown ones are refused.
 *
 * @param study name, also of the run's directory
 * @param description one sentence for readers
 * @param reinitialisation the family: {@code vit}, {@code gpt2} or {@code llama}
 * @param dataset names of image sets, or one name of a text
 * @param text file or directory with the text, when it is not looked for by its name
 * @param tokens of a text, as {@link TransformerStudy} has them
 * @param trainPerClass how many training images of each class to use, all when absent
 * @param testPerClass how many test images of each class to use, all when absent
 * @param imageSize pixels of the square that images are brought to, as they are when absent
 * @param seed every other seed follows from it
 * @param layers whose feed-forward networks are drawn anew, one at a time, counted from 1; every layer when absent
 * @param replicas how often each is drawn anew and trained, 2 when absent
 * @param points of the grid on which paths are measured, 25 when absent
 * @param model sizes of the network
 * @param training how the whole model is trained
 * @param finetune how the one feed-forward network is trained
 */
public record ReinitialisationStudy(
        String study,
        Optional<String> description,
        String reinitialisation,
        List<String> dataset,
        Optional<String> text,
        Optional<String> tokens,
        Optional<Integer> trainPerClass,
        Optional<Integer> testPerClass,
        Optional<Integer> imageSize,
        long seed,
        Optional<List<Integer>> layers,
        Optional<Integer> replicas,
        Optional<Integer> points,
        TransformerStudy.ModelSizes model,
        WholeTraining training,
        WholeTraining finetune) implements Study {
    /** The key that makes a study one of this kind. */
    static final String MARK = "reinitialisation";

    private static final int REPLICAS = 2;

    /** Refuses numbers that make no study. */
    public ReinitialisationStudy {
        dataset = List.copyOf(dataset);
        layers = layers.map(List::copyOf);
        List<Integer> chosen = layers.orElse(List.of(1));
        require(!chosen.isEmpty() && new LinkedHashSet<>(chosen).size() == chosen.size()
                && chosen.stream().allMatch(layer -> layer >= 1 && layer <= model.layers()), "layers",
                "different numbers from 1 to model.layers = " + model.layers(), chosen);
        require(replicas.orElse(REPLICAS) >= 2 && replicas.orElse(REPLICAS) <= 100, "replicas", "2 to 100",
                replicas.orElse(REPLICAS));
    }

    /** The study of Transformers that trains the same model on the same data. */
    public TransformerStudy trained() {
        return new TransformerStudy(study, description, reinitialisation, dataset, text, tokens, trainPerClass,
                testPerClass, imageSize, seed, Optional.empty(), points, Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), model, training);
    }

    TransformerFamily family() {
        return families().filter(family -> family.label().equals(reinitialisation)).findFirst()
                .orElseThrow(() -> new WrongUse("reinitialisation is " + Shown.name(reinitialisation) + ", expected "
                        + families().map(TransformerFamily::label).collect(Collectors.joining(", ")) + "."));
    }

    private static Stream<TransformerFamily> families() {
        return Arrays.stream(TransformerFamily.values()).filter(family -> family != TransformerFamily.MIXTRAL);
    }

    /** The layers, counted from 0. */
    List<Integer> reinitialised() {
        return layers.map(chosen -> chosen.stream().sorted().map(layer -> layer - 1).toList())
                .orElse(IntStream.range(0, model.layers()).boxed().toList());
    }

    int replicaCount() {
        return replicas.orElse(REPLICAS);
    }

    /** How one feed-forward network is trained; changed images are those of the whole training. */
    TrainingPlan finetuning() {
        TrainingPlan plan = finetune.plan();
        return new TrainingPlan(plan.epochs(), plan.batch(), plan.method(), plan.schedule(), plan.longestGradient(),
                training.plan().copies());
    }

    Precautions precautions() {
        return finetune.care().precautions(0);
    }

    /** Refuses keys that do not fit together. */
    void requireSense() {
        family();
        trained().requireSense();
        finetuning();
        for (Optional<?> key : List.of(finetune.heldOut(), finetune.crop(), finetune.flip(), finetune.jitter(),
                finetune.copies())) {
            if (key.isPresent()) {
                throw new WrongUse("finetune has held_out, crop, flip, jitter or copies, but images are held out and "
                        + "changed as the section training says; remove the key.");
            }
        }
        require(finetune.patience().isEmpty() || trained().isOfTexts() || training.heldOut().isPresent(),
                "finetune.patience", "training.held_out beside it, the share of training images to judge by", "alone");
    }
}
