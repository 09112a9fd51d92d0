package org.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.thalweg.data.ImageData;
import org.thalweg.data.ImageFolder;
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
import org.thalweg.network.Probes;
import org.thalweg.tensor.Scope;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

/** Text or images from files, as a model takes them. */
final class RealInputs {
    /** Bytes read for each token that is wanted; even rare scripts take fewer for one. */
    private static final int BYTES_PER_TOKEN = 16;
    private static final int GPT2_VOCABULARY = 50_257;

    private RealInputs() {}

    /**
     * The first inputs that a place has.
     *
     * @param model says what it takes, and has the tokenizer
     * @param data text, token ids or images
     * @param most how many inputs
     * @return the inputs
     * @throws WorkFailure when there are none for this model
     */
    static Probes of(ModelDirectory model, Path data, int most) {
        return switch (model.inputs()) {
            case Inputs.Texts kind -> kind.given(texts(model, kind, data, most), most, data.toString());
            case Inputs.Images kind -> images(kind, data, most);
            case Inputs.Pairs _, Inputs.Vectors _ -> throw new WorkFailure(model.checkpoint().directory()
                    + " takes " + model.inputs() + ", for which no data are read; leave out --data to compare on "
                    + "random ones.");
        };
    }

    private static List<int[]> texts(ModelDirectory model, Inputs.Texts kind, Path data, int most) {
        if (data.toString().endsWith(".json") && Files.isRegularFile(data)) {
            return TokenIds.read(data);
        }
        long bytes = (long) most * kind.longest() * BYTES_PER_TOKEN;
        List<String> texts = TextFiles.read(data, (int) Math.min(Integer.MAX_VALUE / 2, bytes));
        try (Tokenizer tokenizer = tokenizer(model, kind)) {
            return texts.stream().map(tokenizer::encode).toList();
        }
    }

    private static Tokenizer tokenizer(ModelDirectory model, Inputs.Texts kind) {
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

    private static Probes images(Inputs.Images kind, Path data, int most) {
        ImageSize wanted = kind.image();
        ImageShape shape = new ImageShape(wanted.channels(), wanted.height(), wanted.width());
        ImageData images = fitting(source(data), shape).load();
        if (!images.test().shape().equals(shape)) {
            throw new WorkFailure(data + " has images of " + images.test().shape() + " but the model takes " + shape
                    + "; give the images that the model was trained on.");
        }
        // Models that studies train see images standardised by the training set, so the other split is needed too.
        ImageExamples examples = new ImageExamples(images.test(), Standardisation.of(images.train()));
        return kind.given(Math.min(most, examples.size()), image -> {
            try (Scope scope = Scope.open()) {
                return examples.inputs(new int[] {image}).toFloats();
            }
        });
    }

    private static ImageSource source(Path data) {
        return !Files.exists(data) && ImageSources.NAMES.contains(data.toString())
                ? ImageSources.find(data.toString(), Optional.empty())
                : ImageSources.in(data);
    }

    /** Folders hold images of any size. */
    private static ImageSource fitting(ImageSource source, ImageShape shape) {
        return source instanceof ImageFolder(Path place, Optional<ImageShape> _)
                ? new ImageFolder(place, Optional.of(shape))
                : source;
    }
}
