package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/**
 * CIFAR-10 or CIFAR-100 in the binary version: {@code data_batch_1.bin} to {@code data_batch_5.bin} and
 * {@code test_batch.bin}, or {@code train.bin} and {@code test.bin} (the fine labels are used). In the directory, in
 * the directory of the official name in it, or in the official {@code .tar.gz}, itself or in the directory.
 *
 * @param directory the directory or the archive
 * @param classes 10 or 100
 */
public record CifarBatches(Path directory, int classes) implements ImageSource {
    private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
    private static final Map<Integer, String> PUBLISHED_MD5 = Map.of(
            10, "c32a1d4ab5d03f1284b67883e8d87530", 100, "03b5dce01913d631647c71ecec9e9cb8");

    /**
     * Refuses a data set that does not exist.
     *
     * @throws WrongUse when there are not 10 or 100 classes
     */
    public CifarBatches {
        if (classes != 10 && classes != 100) {
            throw new WrongUse("CIFAR has 10 or 100 classes, not " + classes + ".");
        }
    }

    @Override
    public ImageData load() {
        String name = "cifar" + classes;
        List<String> names = classes == 10 ? ClassNames.CIFAR10 : ClassNames.CIFAR100;
        Optional<Path> archive = archive(directory, classes);
        List<CifarBatch> train;
        List<CifarBatch> test;
        String check = "no published sum for unpacked files";
        if (archive.isPresent()) {
            ArchiveTree tree = new TarGz(archive.get(), TarLimits.forArchive(archive.get()))
                    .read(path -> path.endsWith(".bin"));
            train = trainFiles(classes).map(file -> fromArchive(tree, file)).toList();
            test = List.of(fromArchive(tree, testFile(classes)));
            check = Md5.ofFile(archive.get()).equals(PUBLISHED_MD5.get(classes))
                    ? "archive equal to the published MD5 sum" : "archive not equal to the published MD5 sum";
        } else {
            Path place = unpacked(directory, classes).orElseThrow(this::missing);
            train = trainFiles(classes).map(file -> fromDirectory(place, file)).toList();
            test = List.of(fromDirectory(place, testFile(classes)));
        }
        ImageSet trainSet = CifarBatch.join(name + " train", SHAPE, names, train);
        ImageSet testSet = CifarBatch.join(name + " test", SHAPE, names, test);
        return new ImageData(name, trainSet, testSet, String.format(Locale.ROOT,
                "CIFAR-%d binary batches in %s, %,d training and %,d test images (the published set has 50,000 and "
                        + "10,000), %s", classes, directory, trainSet.size(), testSet.size(), check));
    }

    private CifarBatch fromArchive(ArchiveTree tree, String file) {
        if (!tree.files().contains(file)) {
            throw Refusal.of(tree.origin(), "a file " + file, "none", "get the official binary archive of CIFAR-"
                    + classes);
        }
        return CifarBatch.of(tree.nameOf(file), tree.read(file), classes);
    }

    private CifarBatch fromDirectory(Path place, String file) {
        return CifarBatch.of(place.resolve(file).toString(), DirectoryTree.readFile(place.resolve(file)), classes);
    }

    private WorkFailure missing() {
        return Refusal.of(directory.toString(), trainFiles(classes).findFirst().orElseThrow() + " or "
                + archiveName(classes), "none of them", "pass the right directory with --data");
    }

    /** Whether a place looks like this data set: the first training file or the archive is there. */
    static boolean present(Path place, int classes) {
        return archive(place, classes).isPresent() || unpacked(place, classes).isPresent();
    }

    private static Optional<Path> archive(Path place, int classes) {
        if (Files.isRegularFile(place) && TarGz.named(place)) {
            return Optional.of(place);
        }
        return unpacked(place, classes).isPresent() ? Optional.empty()
                : Optional.of(place.resolve(archiveName(classes))).filter(Files::isRegularFile);
    }

    private static Optional<Path> unpacked(Path place, int classes) {
        String first = trainFiles(classes).findFirst().orElseThrow();
        return Stream.of(place, place.resolve(classes == 10 ? "cifar-10-batches-bin" : "cifar-100-binary"))
                .filter(directory -> Files.isRegularFile(directory.resolve(first))).findFirst();
    }

    private static String archiveName(int classes) {
        return "cifar-" + classes + "-binary.tar.gz";
    }

    private static Stream<String> trainFiles(int classes) {
        return classes == 10 ? IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin")
                : Stream.of("train.bin");
    }

    private static String testFile(int classes) {
        return classes == 10 ? "test_batch.bin" : "test.bin";
    }
}
