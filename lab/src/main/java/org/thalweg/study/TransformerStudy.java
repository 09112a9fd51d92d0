package org.thalweg.study;

import static org.thalweg.study.StudyFile.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.data.ImageSources;
import org.thalweg.data.TextCorpus;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.matching.learned.LearnedMatchSettings;
import org.thalweg.results.Analysis;
import org.thalweg.results.PathForm;
import org.thalweg.training.Augmentation;

/**
 * A study of whole Transformers trained from scratch that share nothing but their sizes (arXiv 2506.22712): every two
 * replicas are matched by each method, and the loss between them is measured. Keys in the file are the components'
 * names in snake case; unknown ones are refused.
 *
 * @param study name, also of the run's directory
 * @param description one sentence for readers
 * @param transformers the family: {@code vit}, {@code gpt2}, {@code llama} or {@code mixtral}
 * @param dataset names of image sets, or one name of a text
 * @param text file or directory with the text, when it is not looked for by its name
 * @param tokens of a text: {@code characters} (when absent) or {@code gpt2}, of which those in the training part count
 * @param trainPerClass how many training images of each class to use, all when absent
 * @param testPerClass how many test images of each class to use, all when absent
 * @param imageSize pixels of the square that images are brought to, as they are when absent
 * @param seed every other seed follows from it
 * @param replicas trained models on each data set, 3 when absent; every two make a pair
 * @param points of the grid on which paths are measured, 25 when absent
 * @param methods ways of matching, all that there are when absent
 * @param learning of methods that learn, as {@code align --method learned} does when absent
 * @param analyses what else is analysed, of {@link Analysis#named}; nothing when absent
 * @param analysing how far analyses go
 * @param vary keys that are given other values, one at a time
 * @param circuits methods whose paths are measured with circuits of heads too, true for all of them
 * @param surface methods by which the loss is measured over the simplex of the first three replicas, true for all that
 *     bring all replicas into one basis, and for vanilla
 * @param surfacePoints of the grid along an edge of that simplex, 7 when absent
 * @param model sizes of the networks
 * @param training how they are trained
 */
public record TransformerStudy(
        String study,
        Optional<String> description,
        String transformers,
        List<String> dataset,
        Optional<String> text,
        Optional<String> tokens,
        Optional<Integer> trainPerClass,
        Optional<Integer> testPerClass,
        Optional<Integer> imageSize,
        long seed,
        Optional<Integer> replicas,
        Optional<Integer> points,
        Optional<List<String>> methods,
        Optional<LearningSpec> learning,
        Optional<List<String>> analyses,
        Optional<AnalysingSpec> analysing,
        Optional<VarySpec> vary,
        Optional<List<String>> circuits,
        Optional<List<String>> surface,
        Optional<Integer> surfacePoints,
        ModelSizes model,
        WholeTraining training) implements Study {
    /** The key that makes a study one of this kind. */
    static final String MARK = "transformers";

    private static final int REPLICAS = 3;

    /** Multiples of a sixth: the centre of three replicas and the middles of their edges are among them. */
    private static final int SURFACE_POINTS = 7;

    /** Refuses numbers that make no study. */
    public TransformerStudy {
        dataset = List.copyOf(dataset);
        methods = methods.map(List::copyOf);
        analyses = analyses.map(List::copyOf);
        circuits = circuits.map(List::copyOf);
        surface = surface.map(List::copyOf);
        StudyFile.requireName(study);
        require(!dataset.isEmpty() && new LinkedHashSet<>(dataset).size() == dataset.size(), "dataset",
                "one name or different names", dataset);
        require(replicas.orElse(REPLICAS) >= 2 && replicas.orElse(REPLICAS) <= 100, "replicas", "2 to 100",
                replicas.orElse(REPLICAS));
        require(points.orElse(StudyFile.POINTS) >= 2 && points.orElse(StudyFile.POINTS) <= 10_001, "points",
                "2 to 10001", points.orElse(StudyFile.POINTS));
        require(surfaceGrid(surfacePoints) >= 2 && surfaceGrid(surfacePoints) <= 101, "surface_points", "2 to 101",
                surfaceGrid(surfacePoints));
        require(trainPerClass.orElse(1) >= 1, "train_per_class", "at least 1", trainPerClass.orElse(0));
        require(testPerClass.orElse(1) >= 1, "test_per_class", "at least 1", testPerClass.orElse(0));
        StudyFile.requireImageSize(imageSize);
        require(!methods.equals(Optional.of(List.of())), "methods", "at least one", "an empty list");
    }

    /**
     * How methods learn that do.
     *
     * @param steps of the optimiser
     * @param batch training examples of a step
     * @param learningRate the highest
     */
    public record LearningSpec(Optional<Integer> steps, Optional<Integer> batch, Optional<Double> learningRate) {
        /** Refuses numbers out of range. */
        public LearningSpec {
            require(steps.orElse(1) >= 1 && steps.orElse(1) <= 10_000_000, "learning.steps", "1 to 10000000",
                    steps.orElse(1));
            require(batch.orElse(1) >= 1 && batch.orElse(1) <= 1 << 20, "learning.batch", "1 to 1048576",
                    batch.orElse(1));
            double rate = learningRate.orElse(1.0);
            require(rate > 0 && rate < Double.POSITIVE_INFINITY, "learning.learning_rate", "a positive number", rate);
        }
    }

    /**
     * Sizes of the networks.
     *
     * @param residual width of the residual stream
     * @param layers Transformer layers
     * @param heads attention heads
     * @param feedForward hidden units of a feed-forward network, or of an expert
     * @param patch side of a patch in pixels; for vit
     * @param window tokens that a network sees at once; for texts
     * @param keyValueHeads heads of keys and values, as many as heads when absent; for llama and mixtral
     * @param experts of every layer; for mixtral
     * @param selected experts for each token, 2 when absent; for mixtral
     * @param tied whether the embedding is the head too, false when absent; for texts
     */
    public record ModelSizes(
            int residual,
            int layers,
            int heads,
            int feedForward,
            Optional<Integer> patch,
            Optional<Integer> window,
            Optional<Integer> keyValueHeads,
            Optional<Integer> experts,
            Optional<Integer> selected,
            Optional<Boolean> tied) {
        /** Refuses sizes that make no network. */
        public ModelSizes {
            require(residual >= 1 && residual <= 1 << 16, "model.residual", "1 to 65536", residual);
            require(layers >= 1 && layers <= 1000, "model.layers", "1 to 1000", layers);
            require(heads >= 1 && residual % heads == 0, "model.heads", "a divisor of model.residual = " + residual,
                    heads);
            require(feedForward >= 1 && feedForward <= 1 << 18, "model.feed_forward", "1 to 262144", feedForward);
            require(patch.orElse(1) >= 1, "model.patch", "at least 1", patch.orElse(1));
            require(window.orElse(1) >= 1 && window.orElse(1) <= 1 << 16, "model.window", "1 to 65536",
                    window.orElse(1));
            int shared = keyValueHeads.orElse(heads);
            require(shared >= 1 && heads % shared == 0, "model.key_value_heads", "a divisor of model.heads = " + heads,
                    shared);
            require(experts.orElse(1) >= 1 && experts.orElse(1) <= 4096, "model.experts", "1 to 4096",
                    experts.orElse(1));
            require(selected.orElse(1) >= 1 && selected.orElse(1) <= experts.orElse(1 << 12), "model.selected",
                    "1 to the number of experts", selected.orElse(1));
        }
    }

    /** The family. */
    TransformerFamily family() {
        return Arrays.stream(TransformerFamily.values())
                .filter(family -> family.label().equals(transformers))
                .findFirst()
                .orElseThrow(() -> new WrongUse("transformers is " + Shown.name(transformers) + ", expected "
                        + Arrays.stream(TransformerFamily.values()).map(TransformerFamily::label)
                                .collect(Collectors.joining(", ")) + "."));
    }

    /** Whether it is trained on texts. */
    boolean isOfTexts() {
        return family() != TransformerFamily.VIT;
    }

    TextCorpus.Tokens kindOfTokens() {
        return switch (tokens.orElse("characters")) {
            case "characters" -> TextCorpus.Tokens.CHARACTERS;
            case "words" -> TextCorpus.Tokens.WORDS;
            case "gpt2" -> TextCorpus.Tokens.GPT2;
            default -> throw new WrongUse(
                    "tokens is " + Shown.name(tokens.orElse("")) + ", expected characters, words or gpt2.");
        };
    }

    /** The methods, in the order of {@link StudyMethod}. */
    List<StudyMethod> matched() {
        List<StudyMethod> found = new ArrayList<>();
        for (String name : methods.orElse(StudyMethod.known())) {
            found.add(StudyMethod.named(name));
        }
        return found.stream().distinct().sorted().toList();
    }

    /** In which forms the paths of a method are measured, the stored weights first. */
    List<PathForm> forms(StudyMethod method) {
        return new AskedMethods("circuits", circuits).among(matched()).contains(method)
                ? List.of(PathForm.WEIGHTS, PathForm.CIRCUITS) : List.of(PathForm.WEIGHTS);
    }

    /** The methods by which a surface over replicas is measured. */
    List<StudyMethod> surfaces() {
        return new AskedMethods("surface", surface)
                .among(matched().stream().filter(StudyMethod::isOfAll).toList());
    }

    /** Points along an edge of the simplex. */
    int surfaceGrid() {
        return surfaceGrid(surfacePoints);
    }

    private static int surfaceGrid(Optional<Integer> asked) {
        return asked.orElse(SURFACE_POINTS);
    }

    StudyMethod.Learning howToLearn() {
        LearnedMatchSettings.Steps usual = LearnedMatchSettings.defaults().steps();
        return new StudyMethod.Learning(
                learning.flatMap(LearningSpec::steps).orElse(usual.count()),
                learning.flatMap(LearningSpec::batch).orElse(usual.batch()),
                learning.flatMap(LearningSpec::learningRate).orElse(usual.learningRate()));
    }

    /** What else is analysed, in the order of {@link Analysis}. */
    List<Analysis> analysed() {
        return analyses.orElse(List.of()).stream().map(TransformerStudy::analysis).distinct().sorted().toList();
    }

    private static Analysis analysis(String label) {
        return Analysis.named().stream().filter(analysis -> analysis.label().equals(label)).findFirst()
                .orElseThrow(() -> new WrongUse("analyses names " + Shown.name(label) + ", expected "
                        + Analysis.named().stream().map(Analysis::label).collect(Collectors.joining(", ")) + "."));
    }

    AnalysingSpec howToAnalyse() {
        return analysing.orElse(AnalysingSpec.USUAL);
    }

    int replicaCount() {
        return replicas.orElse(REPLICAS);
    }

    int gridPoints() {
        return points.orElse(StudyFile.POINTS);
    }

    /** Refuses keys that do not fit together. */
    void requireSense() {
        TransformerFamily family = family();
        kindOfTokens();
        matched();
        require(!analysed().isEmpty() || analysing.isEmpty(), "analysing", "analyses beside it", "alone");
        forms(StudyMethod.VANILLA);
        require(surfaces().isEmpty() || replicaCount() >= AllReplicas.CORNERS, "replicas",
                "at least " + AllReplicas.CORNERS + " for a surface", replicaCount());
        require(surfacePoints.isEmpty() || !surfaces().isEmpty(), "surface_points", "surface beside it", "alone");
        Experiment.plan(training.spec());
        String owner = "a study of " + family.label();
        if (isOfTexts()) {
            refuse(model.patch(), "model.patch", owner);
            refuse(trainPerClass, "train_per_class", owner);
            refuse(testPerClass, "test_per_class", owner);
            refuse(imageSize, "image_size", owner);
            refuse(training.heldOut(), "training.held_out", owner + ", whose text has a part for validation,");
            require(training.care().augmentation().equals(Augmentation.NONE), "training",
                    "no crop, flip or jitter in a study of texts", "with changes of images");
            needed(model.window(), "model.window", owner);
            require(dataset.size() == 1, "dataset", "one name of a text", dataset);
        } else {
            refuse(model.window(), "model.window", owner);
            refuse(model.tied(), "model.tied", owner);
            refuse(text, "text", owner);
            refuse(tokens, "tokens", owner);
            needed(model.patch(), "model.patch", owner);
            dataset.forEach(name -> require(ImageSources.NAMES.contains(name), "dataset",
                    String.join(", ", ImageSources.NAMES), name));
            training.care().requireHeldOut("training");
        }
        if (!family.hasSharedKeys()) {
            refuse(model.keyValueHeads(), "model.key_value_heads", owner);
        }
        if (family == TransformerFamily.MIXTRAL) {
            needed(model.experts(), "model.experts", owner);
        } else {
            refuse(model.experts(), "model.experts", owner);
            refuse(model.selected(), "model.selected", owner);
        }
        VariedStudy.of(this);
    }

    private static void needed(Optional<?> key, String name, String owner) {
        if (key.isEmpty()) {
            throw new WrongUse(owner + " needs the key '" + name + "'.");
        }
    }

    private static void refuse(Optional<?> key, String name, String owner) {
        if (key.isPresent()) {
            throw new WrongUse(owner + " has no key '" + name + "'; remove it.");
        }
    }
}
