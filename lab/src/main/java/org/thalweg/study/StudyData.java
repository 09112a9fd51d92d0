package org.thalweg.study;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageNet;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.data.ImageSource;
import org.thalweg.data.ImageSources;
import org.thalweg.data.LabelledCorpus;
import org.thalweg.data.TextCorpus;
import org.thalweg.data.TextReading;
import org.thalweg.data.TextSet;
import org.thalweg.data.TextSets;
import org.thalweg.data.TokenRule;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;
import org.thalweg.storage.Digest;
import org.thalweg.study.StudyFile.TextSpec;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.LabelledTextExamples;
import org.thalweg.training.Standardisation;

/**
 * The data of a study of experts, as its networks see them.
 *
 * @param train training set
 * @param test test set; images standardised with the constants of the training set or of the backbone
 * @param provenance where they come from
 * @param kind images or texts
 * @param backbone the directory that the study starts from, where it does
 * @param warnings what the reader of results must know, one sentence each
 * @param digest of inputs and labels, as they are seen
 */
public record StudyData(
        Examples train, Examples test, String provenance, Kind kind, Optional<BackboneDirectory> backbone,
        List<String> warnings, Digest digest) implements ExampleData {
    private static final int TEXTS_AT_ONCE = 500;
    /** Pairs of tokens that attend to each other at once, in one head. */
    private static final int PAIRS_AT_ONCE = 1 << 22;
    private static final int PROBES = 64;
    private static final int PROBED_OUTPUTS = 1 << 24;

    /** What networks take. */
    public sealed interface Kind {
        /**
         * Images with classes.
         *
         * @param shape of each
         * @param classes how many
         */
        record Images(ImageShape shape, int classes) implements Kind {}

        /**
         * Windows of text.
         *
         * @param vocabulary tokens there are
         * @param window tokens of an example
         * @param classes how many, when texts are told apart; nothing when they are continued
         * @param tokenizer the text of a {@code tokenizer.json}, where there is one
         */
        record Texts(int vocabulary, int window, OptionalInt classes, Optional<String> tokenizer) implements Kind {}
    }

    /** Copies the list. */
    public StudyData {
        warnings = List.copyOf(warnings);
    }

    /**
     * Finds and reads what a study asks for.
     *
     * @param study the study
     * @param given what the user passed with {@code --data}
     * @return train and test sets
     * @throws WorkFailure when they, or the backbone, are not found, damaged, too few, or do not fit
     */
    public static StudyData load(StudyFile study, Optional<Path> given) {
        Optional<BackboneDirectory> backbone = study.backbone().map(Path::of).map(BackboneDirectory::open);
        if (study.gpt2().isEmpty() && backbone.filter(BackboneDirectory::isOfTexts).isEmpty()) {
            ImageSource source = ImageSources.find(study.dataset(), given);
            Optional<Integer> size = study.imageSize().or(() -> backbone.filter(_ -> source instanceof ImageNet)
                    .flatMap(BackboneDirectory::side));
            return of(size.map(source::loadResized).orElseGet(source::load), study, backbone);
        }
        TextSpec spec = spec(study);
        TextSet set = spec.place().map(Path::of)
                .map(place -> TextSets.in(study.dataset(), place, spec.isCut()))
                .orElseGet(() -> TextSets.find(study.dataset(), given, spec.isCut()));
        return of(set, study, backbone);
    }

    /**
     * The images a study asks for.
     *
     * @param data the whole data set
     * @param study says how many images of each class to use, and the size they are brought to
     * @return train and test sets
     */
    public static StudyData of(ImageData data, StudyFile study) {
        return of(data, study, Optional.empty());
    }

    /**
     * The images a study asks for, as its backbone takes them.
     *
     * @param given the whole data set
     * @param study says how many images of each class to use, and the size they are brought to
     * @param backbone says their size and normalisation, where it is there
     * @return train and test sets
     * @throws WorkFailure when the backbone takes other images
     * @throws WrongUse when the study says how texts are read
     */
    static StudyData of(ImageData given, StudyFile study, Optional<BackboneDirectory> backbone) {
        if (study.texts().isPresent()) {
            throw new WrongUse("the backbone takes images, and the study has the key 'texts'; remove it.");
        }
        ImageData data = study.imageSize().map(given::resized).orElse(given);
        ImageSet train = study.trainPerClass().map(data.train()::classBalanced).orElse(data.train());
        ImageSet test = study.testPerClass().map(data.test()::classBalanced).orElse(data.test());
        Digest digest = Digest.ofText(train.digest().hex() + test.digest().hex());
        if (backbone.isPresent()) {
            ImagePreparation preparation = backbone.get().preparation(train.shape());
            return new StudyData(preparation.of(train), preparation.of(test), data.provenance(),
                    new Kind.Images(preparation.shape(), train.classes()), backbone, List.of(),
                    Digest.ofText(digest.hex() + " " + preparation));
        }
        Standardisation standardisation = Standardisation.of(train);
        return new StudyData(new ImageExamples(train, standardisation), new ImageExamples(test, standardisation),
                data.provenance(), new Kind.Images(train.shape(), train.classes()), backbone, List.of(), digest);
    }

    /**
     * The texts a study asks for.
     *
     * @param set the whole set
     * @param study says how texts are read
     * @param backbone says what a token is, where it is there
     * @return train and test sets
     * @throws WorkFailure when the set is too small, or has no classes to tell apart
     * @throws WrongUse when the study says how many images of a class to use
     */
    static StudyData of(TextSet set, StudyFile study, Optional<BackboneDirectory> backbone) {
        if (study.trainPerClass().isPresent() || study.testPerClass().isPresent()) {
            throw new WrongUse("train_per_class and test_per_class are for images; of texts, use texts.train_tokens "
                    + "and texts.test_tokens.");
        }
        TextSpec spec = spec(study);
        TokenRule rule = backbone.map(BackboneDirectory::tokens).orElseGet(spec::rule);
        int window = backbone.map(directory -> directory.window(spec.window()))
                .orElseGet(() -> spec.window().orElseThrow());
        String provenance = "texts of the set " + set.name();
        if (spec.isOfClasses()) {
            if (!(set instanceof TextSet.Labelled labelled)) {
                throw new WorkFailure("the text " + set.name() + " has no classes to tell apart; leave the key "
                        + "'texts.task' out to predict next tokens.");
            }
            LabelledCorpus corpus = LabelledCorpus.read(labelled, rule, window);
            return new StudyData(new LabelledTextExamples(corpus.train(), corpus.classes(), window),
                    new LabelledTextExamples(corpus.test(), corpus.classes(), window), provenance,
                    new Kind.Texts(corpus.vocabulary(), window, OptionalInt.of(corpus.classes()), corpus.tokenizer()),
                    backbone, List.of(), corpus.digest());
        }
        TextCorpus corpus = TextCorpus.read(set, new TextReading(rule, most(spec.trainTokens()),
                most(spec.testTokens())));
        TextWindows windows = TextWindows.of(corpus, window, "texts.window");
        List<String> warnings = corpus.leftOut() == 0 ? List.of() : List.of("Of the text " + corpus.name() + ", "
                + corpus.leftOut() + " tokens of the parts for validation and tests are left out, since they do not "
                + "occur in the part for training.");
        return new StudyData(windows.train(), windows.test(), provenance,
                new Kind.Texts(corpus.vocabulary(), window, OptionalInt.empty(), corpus.tokenizer()), backbone,
                warnings, windows.digest());
    }

    private static TextSpec spec(StudyFile study) {
        return study.texts().orElseGet(TextSpec::usual);
    }

    private static OptionalInt most(Optional<Integer> tokens) {
        return tokens.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /**
     * How texts become tokens.
     *
     * @return the text of a {@code tokenizer.json}; nothing for images, and where there is none
     */
    Optional<String> tokenizer() {
        return switch (kind) {
            case Kind.Images _ -> Optional.empty();
            case Kind.Texts texts -> texts.tokenizer();
        };
    }

    @Override
    public int evaluationBatch() {
        return switch (kind) {
            case Kind.Images(ImageShape shape, int _) -> ImageExamples.atOnce(shape);
            case Kind.Texts texts ->
                Math.clamp(PAIRS_AT_ONCE / ((long) texts.window() * texts.window()), 1, TEXTS_AT_ONCE);
        };
    }

    @Override
    public int mostProbes() {
        return switch (kind) {
            case Kind.Images _ -> Math.min(PROBES, evaluationBatch());
            case Kind.Texts texts -> Math.clamp(PROBED_OUTPUTS
                    / ((long) texts.window() * texts.classes().orElse(texts.vocabulary())), 1,
                    Math.min(PROBES, evaluationBatch()));
        };
    }
}
