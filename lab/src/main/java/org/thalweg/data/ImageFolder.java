package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/**
 * JPEG and PNG images in one folder per class, as a directory or packed as {@code .tar.gz}: {@code train/CLASS/*.jpg}
 * and {@code test/CLASS/*.jpg} (or {@code val}; deeper folders below the class are looked into, and Tiny ImageNet's
 * {@code val_annotations.txt} is understood). Classes are numbered in the order of their names, images ordered by path,
 * so packed and unpacked give the same data. The same pixels on every machine need the same JPEG decoder: PNG is exact,
 * JPEG as this Java's decoder has it. With a shape to bring them to, images that together need more memory than there
 * is are decoded when they are asked for, and every set is known by the paths and lengths of its files and not by its
 * pixels; without one they must fit.
 *
 * @param directoryOrTarGz the folder that holds {@code train}, or the archive
 * @param resize the shape every image is brought to, stretched to fit, with 1 or 3 channels; without it all must have
 *     one size, and there are three channels when any image has colour
 */
public record ImageFolder(Path directoryOrTarGz, Optional<ImageShape> resize) implements ImageSource {
    /** The name by which studies ask for it. */
    public static final String NAME = "image-folder";

    /**
     * Refuses a shape that no image can be brought to.
     *
     * @throws WrongUse when the shape has 2 or 4 channels
     */
    public ImageFolder {
        if (resize.isPresent() && resize.get().channels() != 1 && resize.get().channels() != 3) {
            throw new WrongUse("images are resized to 1 or 3 channels, not " + resize.get().channels() + ".");
        }
    }

    @Override
    public ImageData load() {
        return load(FolderPixels.most());
    }

    /** Images get three channels, grey ones too: whether any has colour would be known only after decoding all. */
    @Override
    public ImageData loadResized(int side) {
        return new ImageFolder(directoryOrTarGz, Optional.of(new ImageShape(3, side, side))).load();
    }

    /** Reads everything with at most so many bytes of pixels held. */
    ImageData load(long most) {
        FileTree tree = tree();
        FolderSplit train = FolderSplit.find(tree, "train").orElseThrow(() -> missing(tree, "train"));
        FolderSplit test = FolderSplit.find(tree, "test").or(() -> FolderSplit.find(tree, "val"))
                .orElseThrow(() -> missing(tree, "test or val"));
        List<String> names = train.classNames();
        int[] trainLabels = train.labels(names, tree);
        int[] testLabels = test.labels(names, tree);
        List<Pixels> pixels = resize.isPresent() ? brought(tree, List.of(train, test), resize.get(), most)
                : decoded(tree, List.of(train, test), most);
        return new ImageData(NAME,
                ImageSet.of(NAME + " train", names, trainLabels, pixels.getFirst()),
                ImageSet.of(NAME + " test", names, testLabels, pixels.getLast()),
                provenance(test));
    }

    private static List<Pixels> decoded(FileTree tree, List<FolderSplit> splits, long most) {
        FolderPixels.Decoded decoded = FolderPixels.decode(tree, splits, most);
        return decoded.splits().stream().<Pixels>map(bytes -> new HeldPixels(decoded.shape(), bytes)).toList();
    }

    private static List<Pixels> brought(FileTree tree, List<FolderSplit> splits, ImageShape shape, long most) {
        boolean fits = FolderPixels.needed(splits, shape.pixels()) <= most;
        return splits.stream().<Pixels>map(split -> {
            FolderImages images = new FolderImages(tree, split.paths(), shape);
            return fits ? images.held() : images;
        }).toList();
    }

    private FileTree tree() {
        if (Files.isDirectory(directoryOrTarGz)) {
            return DirectoryTree.of(directoryOrTarGz, FolderSplit.NAMES, FolderSplit::wanted);
        }
        if (!Files.isRegularFile(directoryOrTarGz)) {
            throw Refusal.of(directoryOrTarGz.toString(), "a folder or a .tar.gz file", "none", "check the path");
        }
        return new TarGz(directoryOrTarGz, TarLimits.forArchive(directoryOrTarGz)).read(FolderSplit::wanted);
    }

    private static WorkFailure missing(FileTree tree, String folder) {
        return Refusal.of(tree.origin(), "images as " + folder + "/CLASS/NAME.jpg or .png", "none",
                "arrange them so, or pass the folder that holds " + folder);
    }

    private String provenance(FolderSplit test) {
        String resized = resize.map(shape -> ", brought to " + shape + " with an antialiased bilinear filter and known "
                + "by the paths and lengths of the files").orElse("");
        return String.format(Locale.ROOT, "image-folder: JPEG or PNG files in %s, test split '%s'%s; pixels are as "
                + "decoded from these files, which may have been recompressed with loss, so they need not equal the "
                + "original data set's", directoryOrTarGz, test.folder(), resized);
    }
}
