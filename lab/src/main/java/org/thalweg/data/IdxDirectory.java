package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;

/**
 * The four IDX files of MNIST, Fashion-MNIST or a data set in their form: {@code train-images-idx3-ubyte}, {@code
 * train-labels-idx1-ubyte} and the same with {@code t10k}; a dot may stand before {@code idx}, {@code .gz} at the
 * end. For the names {@code mnist} and {@code fashion-mnist} the unpacked content must have the published MD5 sums;
 * under another name no sum is known and the classes are counted from the training labels.
 *
 * @param name the data set's name
 * @param directory where the files are
 */
public record IdxDirectory(String name, Path directory) implements ImageSource {
    private static final Map<String, Map<String, String>> PUBLISHED = Map.of(
            "mnist", Map.of("train-images", "6bbc9ace898e44ae57da46a324031adb",
                    "train-labels", "a25bea736e30d166cdddb491f175f624",
                    "t10k-images", "2646ac647ad5339dbf082846283269ea",
                    "t10k-labels", "27ae3e4e09519cfbb04c329615203637"),
            "fashion-mnist", Map.of("train-images", "f4a8712d7a061bf5bd6d2ca38dc4d50a",
                    "train-labels", "9018921c3c673c538a1fc5bad174d6f9",
                    "t10k-images", "8181f5470baa50b63fa0f6fddb340f0a",
                    "t10k-labels", "15d484375f8d13e6eb1aabb0c3f46965"));

    @Override
    public ImageData load() {
        IdxPair train = pair("train");
        IdxPair test = pair("t10k");
        List<String> classNames = switch (name) {
            case "fashion-mnist" -> ClassNames.FASHION_MNIST;
            case "mnist" -> ClassNames.numbers(10);
            default -> ClassNames.numbers(train.largestLabel() + 1);
        };
        ImageSet trainSet = train.toSet(name + " train", classNames);
        ImageSet testSet = test.toSet(name + " test", classNames);
        if (!trainSet.shape().equals(testSet.shape())) {
            throw Refusal.of(test.images().origin(), "images of " + trainSet.shape() + " as in training",
                    "images of " + testSet.shape(), "take all four files from the same data set");
        }
        String checked = PUBLISHED.containsKey(name) ? "unpacked content equal to the published MD5 sums"
                : "no published sums to check against";
        return new ImageData(name, trainSet, testSet, name + ": IDX files in " + directory + ", " + checked);
    }

    private IdxPair pair(String split) {
        return new IdxPair(read(split + "-images", 3), read(split + "-labels", 1));
    }

    private IdxFile read(String part, int rank) {
        Path file = locate(directory, part, rank).orElseThrow(() -> missing(part, rank));
        IdxFile idx = IdxFile.read(file, rank);
        Optional<String> published = Optional.ofNullable(PUBLISHED.get(name)).map(sums -> sums.get(part));
        if (published.isPresent() && !published.get().equals(idx.md5())) {
            throw Refusal.of(file.toString(), "content with the MD5 published for " + name + ", " + published.get(),
                    idx.md5(), "get the original file again or use a study with another data set name");
        }
        return idx;
    }

    private WorkFailure missing(String part, int rank) {
        String found = Files.isDirectory(directory) ? "none of them" : "no such directory";
        return Refusal.of(directory.toString(), String.join(" or ", spellings(part, rank)), found,
                "put the file there or pass the right directory with --data");
    }

    /** Whether a directory looks like a place for these files: the training images are there in some spelling. */
    static boolean present(Path directory) {
        return locate(directory, "train-images", 3).isPresent();
    }

    private static Optional<Path> locate(Path directory, String part, int rank) {
        return spellings(part, rank).stream().map(directory::resolve).filter(Files::isRegularFile).findFirst();
    }

    private static List<String> spellings(String part, int rank) {
        String dashed = part + "-idx" + rank + "-ubyte";
        String dotted = part + ".idx" + rank + "-ubyte";
        return List.of(dashed, dashed + ".gz", dotted, dotted + ".gz");
    }
}
