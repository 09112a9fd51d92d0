package org.thalweg.study;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.thalweg.connectivity.Examples;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageSet;
import org.thalweg.data.ImageShape;
import org.thalweg.data.ImageSource;
import org.thalweg.data.ImageSources;
import org.thalweg.data.TextCorpus;
import org.thalweg.data.TextReading;
import org.thalweg.data.TextSet;
import org.thalweg.data.TextSets;
import org.thalweg.data.TokenRule;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.storage.Digest;
import org.thalweg.tensor.Random;
import org.thalweg.training.Augmentation;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;
import org.thalweg.training.TrainingExamples;

/**
 * One data set of a study of Transformers.
 *
 * @param name of the data set
 * @param train what is trained on
 * @param heldOut by what trainings are ended, if it is there
 * @param test what results are measured on
 * @param evaluationBatch examples run at once when evaluating
 * @param config the {@code config.json} of networks for these data
 * @param corpus the tokens, of a text
 * @param digest of all of it
 */
public record TransformerData(
        String name, Examples train, Optional<Examples> heldOut, Examples test, int evaluationBatch, String config,
        Optional<TextCorpus> corpus, Digest digest) implements ExampleData {
    private static final int WINDOWS_AT_ONCE = 500;

    /** Logits of so many numbers are made at once when evaluating. */
    private static final int LOGITS_AT_ONCE = 1 << 22;

    /**
     * Finds and reads all data sets of a study.
     *
     * @param study the study
     * @param given what the user passed with {@code --data}
     * @return one for each, in the study's order
     * @throws WorkFailure when one is not found, damaged, or too small
     */
    public static List<TransformerData> loadAll(TransformerStudy study, Optional<Path> given) {
        return study.dataset().stream().map(name -> load(study, name, given)).toList();
    }

    /**
     * Finds and reads one data set of a study.
     *
     * @param study the study
     * @param name of one of its data sets
     * @param given what the user passed with {@code --data}
     * @return the data
     * @throws WorkFailure when they are not found, are damaged, or too few
     */
    public static TransformerData load(TransformerStudy study, String name, Optional<Path> given) {
        if (!study.isOfTexts()) {
            ImageSource source = ImageSources.find(name, given);
            return of(study, study.imageSize().map(source::loadResized).orElseGet(source::load));
        }
        // Whatever parts a set has, they are joined and cut as the paper cuts a text.
        TextSet set = study.text().map(Path::of).map(place -> TextSets.in(name, place, true))
                .orElseGet(() -> TextSets.find(name, given, true));
        return of(study, switch (set) {
            case TextSet.Whole(String own, var texts) ->
                TextCorpus.of(own, String.join("\n", texts.get()), study.kindOfTokens());
            case TextSet.Parts _, TextSet.Labelled _ -> TextCorpus.read(set,
                    TextReading.all(new TokenRule.Occurring(study.kindOfTokens(), 1)));
        });
    }

    /**
     * Images as a study sees them.
     *
     * @param study the study
     * @param whole the whole set
     * @return the data
     */
    public static TransformerData of(TransformerStudy study, ImageData whole) {
        ImageData images = study.imageSize().map(whole::resized).orElse(whole);
        ImageSet train = study.trainPerClass().map(images.train()::classBalanced).orElse(images.train());
        ImageSet test = study.testPerClass().map(images.test()::classBalanced).orElse(images.test());
        ImageExamples plain = new ImageExamples(train, Standardisation.of(train));
        Augmentation augmentation = study.training().care().augmentation();
        double share = study.training().heldOut().orElse(0.0);
        TrainingExamples examples =
                TrainingExamples.of(plain, augmentation, share, Random.childSeed(study.seed(), "held out"));
        Digest digest = Digest.ofText(String.join(" ", train.digest().hex(), test.digest().hex(),
                augmentation.toString(), Double.toString(share), Long.toString(share > 0 ? study.seed() : 0)));
        return new TransformerData(images.name(), examples.train(), examples.heldOut(),
                new ImageExamples(test, plain.standardisation()), ImageExamples.atOnce(test.shape()),
                TransformerFamily.vit(study.model(), train.shape(), train.classes()).toString(),
                Optional.empty(), digest);
    }

    /**
     * A text as a study sees it: windows that follow one another.
     *
     * @param study the study
     * @param corpus the text
     * @return the data
     * @throws WorkFailure when a part of the text is shorter than a window
     */
    public static TransformerData of(TransformerStudy study, TextCorpus corpus) {
        int window = study.model().window().orElseThrow();
        TextWindows windows = TextWindows.of(corpus, window, "model.window");
        String config = study.family().config(study.model(), corpus.vocabulary()).toString();
        int batch = Math.clamp(LOGITS_AT_ONCE / ((long) window * corpus.vocabulary()), 1, WINDOWS_AT_ONCE);
        return new TransformerData(corpus.name(), windows.train(), Optional.of(windows.validation()), windows.test(),
                batch, config, Optional.of(corpus), windows.digest());
    }

    /**
     * The same data for networks of other sizes.
     *
     * @param study of the same family, that sees the same data
     * @return data whose {@link #config} is the other study's
     */
    TransformerData as(TransformerStudy study) {
        String other = corpus.map(text -> study.family().config(study.model(), text.vocabulary()).toString())
                .orElseGet(() -> {
                    VitConfig own = ((Vit) TransformerFamily.network(TrainedModel.config(config))).config();
                    return TransformerFamily.vit(study.model(), new ImageShape(own.image().channels(),
                            own.image().height(), own.image().width()), own.classes()).toString();
                });
        return new TransformerData(name, train, heldOut, test, evaluationBatch, other, corpus, digest);
    }
}
