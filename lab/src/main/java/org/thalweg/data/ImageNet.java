package org.thalweg.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * ImageNet-1k (ILSVRC 2012) as PyTorch's and timm's scripts arrange the official archives: {@code
 * train/n01440764/*.JPEG} and {@code val/n01440764/*.JPEG}, a folder for each of the 1,000 classes in both. The
 * validation images are what is measured on, since nobody has the labels of the others. A part of the classes or of the
 * images is read as well; the provenance says how many there are.
 *
 * @param folder with {@code train} and {@code val}
 */
public record ImageNet(ImageFolder folder) implements ImageSource {
    /** The name by which studies ask for it. */
    public static final String NAME = "imagenet-1k";

    /** Pixels of a side that images are brought to when nobody says another number. */
    public static final int USUAL_SIDE = 224;

    /** What a class folder is called: a number of WordNet. */
    private static final String CLASS = "n[0-9]{8}";

    /** Where it stands in a directory of data sets, and in what Kaggle's archive unpacks to. */
    private static final List<String> SUBDIRECTORIES = List.of("imagenet", "ILSVRC2012", "ILSVRC/Data/CLS-LOC");

    @Override
    public ImageData load() {
        return loadResized(USUAL_SIDE);
    }

    @Override
    public ImageData loadResized(int side) {
        ImageData images = folder.loadResized(side);
        return new ImageData(NAME, images.train(), images.test(), String.format(Locale.ROOT,
                "ImageNet-1k, %,d training and %,d validation images of %,d classes (the published set has 1,281,167, "
                        + "50,000 and 1,000), as %s", images.train().size(), images.test().size(),
                images.train().classes(), images.provenance()));
    }

    /**
     * Looks for the set in a place, and in the directories that it usually has there.
     *
     * @param place a directory
     * @return the set, where both of its folders have class folders
     */
    static Optional<ImageNet> at(Path place) {
        return Stream.concat(Stream.of(place), SUBDIRECTORIES.stream().map(place::resolve))
                .filter(directory -> hasClasses(directory.resolve("train")) && hasClasses(directory.resolve("val")))
                .findFirst()
                .map(directory -> new ImageNet(new ImageFolder(directory, Optional.empty())));
    }

    private static boolean hasClasses(Path split) {
        if (!Files.isDirectory(split)) {
            return false;
        }
        try (Stream<Path> below = Files.list(split)) {
            return below.filter(path -> path.getFileName().toString().matches(CLASS)).anyMatch(Files::isDirectory);
        } catch (IOException refused) {
            throw Refusal.unreadable(split.toString(), refused);
        }
    }
}
