package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * ImageNet-1k (ILSVRC 2012) in folders by class, as the usual scripts unpack the official archives: {@code train} and
 * {@code val}, in each one folder of JPEG images for each of the 1,000 classes, by the numbers of their WordNet nouns.
 * The images have many sizes and are brought to one; all together are more than memory holds, so they are decoded when
 * they are asked for.
 *
 * @param folder with {@code train} and {@code val}
 */
public record ImageNetFolder(ImageFolder folder) implements ImageSource {
    /** The name by which studies ask for it. */
    public static final String NAME = "imagenet-1k";

    /** Directories in which it stands, in the data directory. */
    static final List<String> DIRECTORIES = List.of("imagenet", "ILSVRC2012", "ILSVRC/Data/CLS-LOC");

    private static final int SIDE = 224;
    private static final int CLASSES = 1000;
    private static final String FIRST_CLASS = "n01440764";

    /** The set in a directory, brought to 224 x 224 pixels; nothing when it is not there. Looks at names only. */
    static Optional<ImageNetFolder> at(Path place) {
        return Files.isDirectory(place.resolve("train").resolve(FIRST_CLASS))
                && Files.isDirectory(place.resolve("val").resolve(FIRST_CLASS))
                ? Optional.of(new ImageNetFolder(new ImageFolder(place, Optional.of(new ImageShape(3, SIDE, SIDE)))))
                : Optional.empty();
    }

    @Override
    public ImageNetFolder squared(int side) {
        return new ImageNetFolder(folder.squared(side));
    }

    @Override
    public ImageData load() {
        ImageData images = folder.load();
        List<String> names = images.train().classNames();
        if (names.size() != CLASSES || !names.stream().allMatch(name -> name.matches("n[0-9]{8}"))) {
            throw Refusal.of(folder.directoryOrTarGz().toString(),
                    "1000 folders of images by names such as " + FIRST_CLASS + " in train", names.size() + " folders, "
                    + String.join(", ", names.subList(0, Math.min(3, names.size()))),
                    "unpack the official archives by class, or use the data set " + ImageFolder.NAME);
        }
        return new ImageData(NAME, images.train(), images.test(), images.provenance());
    }
}
