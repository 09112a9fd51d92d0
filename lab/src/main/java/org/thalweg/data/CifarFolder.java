package org.thalweg.data;

import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/**
 * CIFAR-10 or CIFAR-100 as JPEG or PNG images in folders by class, which some mirrors have in place of the official
 * batches. The classes must be the official ones and the images 32 x 32 in colour; JPEG pixels need not equal the
 * official ones, which the provenance says.
 *
 * @param folder with {@code train} and {@code test}
 * @param classes 10 or 100
 */
public record CifarFolder(ImageFolder folder, int classes) implements ImageSource {
    private static final ImageShape SHAPE = new ImageShape(3, 32, 32);

    /**
     * Refuses a data set that does not exist.
     *
     * @throws WrongUse when there are not 10 or 100 classes
     */
    public CifarFolder {
        if (classes != 10 && classes != 100) {
            throw new WrongUse("CIFAR has 10 or 100 classes, not " + classes + ".");
        }
    }

    @Override
    public ImageData load() {
        ImageData images = folder.load();
        String place = folder.directoryOrTarGz().toString();
        if (!images.train().classNames().equals(names(classes))) {
            throw refusal(place, "folders by the names of CIFAR-" + classes + "'s classes, " + firstOf(names(classes)),
                    firstOf(images.train().classNames()));
        }
        if (!images.train().shape().equals(SHAPE)) {
            throw refusal(place, "images of " + SHAPE, images.train().shape().toString());
        }
        return new ImageData("cifar" + classes, images.train(), images.test(), images.provenance());
    }

    /** The classes in the order of their labels, which is that of their names. */
    static List<String> names(int classes) {
        return classes == 10 ? ClassNames.CIFAR10 : ClassNames.CIFAR100;
    }

    private static WorkFailure refusal(String place, String expected, String found) {
        return Refusal.of(place, expected, found, "pass another directory with --data, or use the data set "
                + ImageFolder.NAME);
    }

    private static String firstOf(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(3, names.size()))) + (names.size() > 3 ? ", …" : "");
    }
}
