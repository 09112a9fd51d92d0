package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageFolder;
import org.thalweg.data.ImageNet;
import org.thalweg.data.ImageShape;
import org.thalweg.data.ImageSource;
import org.thalweg.data.ImageSources;
import org.thalweg.data.TextFiles;
import org.thalweg.data.TokenIds;
import org.thalweg.data.Tokenizer;
import org.thalweg.failure.WorkFailure;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.ImageSize;
import org.thalweg.network.Inputs;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

/**
 * Text or images at a place that a user names, as a model takes them.
 *
 * @param model says what it takes, and has the tokenizer
 * @param place text, token ids or images, or the name of an image set
 */
record RealData(ModelDirectory model, Path place) {
    private static final int GPT2_VOCABULARY = 50_257;

    /**
     * The tokens of each text.
     *
     * @param kind what the model takes
     * @param bytes of text that are read in all
     * @return ids, which need not be in the vocabulary
     * @throws WorkFailure when there is no text or no tokenizer
     */
    List<int[]> texts(Inputs.Texts kind, long bytes) {
        if (isTokenIds()) {
            return TokenIds.read(place);
        }
        List<String> texts = TextFiles.read(place, (int) Math.min(Integer.MAX_VALUE / 2, bytes));
        try (Tokenizer tokenizer = tokenizer(kind)) {
            return texts.stream().map(tokenizer::encode).toList();
        }
    }

    /** Whether the place is a file of token ids. */
    boolean isTokenIds() {
        return place.toString().endsWith(".json") && Files.isRegularFile(place);
    }

    private Tokenizer tokenizer(Inputs.Texts kind) {
        Path file = model.checkpoint().directory().resolve("tokenizer.json");
        if (Files.exists(file)) {
            return Tokenizer.ofFile(file);
        }
        if (model.family().equals("gpt2") && kind.vocabulary() == GPT2_VOCABULARY) {
            return Tokenizer.gpt2();
        }
        throw new WorkFailure(model.checkpoint().directory() + " has no tokenizer.json, by which text becomes tokens; "
                + "copy the one that belongs to the model there, or give --data a .json file of token ids, such as "
                + "[[1, 403], [1, 9]].");
    }

    /** Images of which split are taken. */
    enum Split { TRAINING, TEST }

    /**
     * Images, standardised as studies do.
     *
     * @param kind what the model takes
     * @param split which of them
     * @return the images with their classes
     * @throws WorkFailure when there are none of the shape that the model takes
     */
    ImageExamples images(Inputs.Images kind, Split split) {
        ImageSize wanted = kind.image();
        ImageShape shape = new ImageShape(wanted.channels(), wanted.height(), wanted.width());
        ImageData images = load(source(), shape);
        if (!images.test().shape().equals(shape)) {
            throw new WorkFailure(place + " has images of " + images.test().shape() + " but the model takes " + shape
                    + "; give the images that the model was trained on.");
        }
        // Models that studies train see images standardised by the training set, so the other split is needed too.
        return new ImageExamples(switch (split) {
            case TRAINING -> images.train();
            case TEST -> images.test();
        }, Standardisation.of(images.train()));
    }

    private ImageSource source() {
        return !Files.exists(place) && ImageSources.NAMES.contains(place.toString())
                ? ImageSources.find(place.toString(), Optional.empty())
                : ImageSources.in(place);
    }

    /** Folders hold images of any size. */
    private static ImageData load(ImageSource source, ImageShape shape) {
        return switch (source) {
            case ImageFolder(Path place, Optional<ImageShape> _) -> new ImageFolder(place, Optional.of(shape)).load();
            case ImageNet images when shape.height() == shape.width() -> images.loadResized(shape.height());
            default -> source.load();
        };
    }
}
