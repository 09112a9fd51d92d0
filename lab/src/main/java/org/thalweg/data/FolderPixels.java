package org.thalweg.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;

/**
 * Decodes the images of a folder that have one size. Every image is kept as three planes until all have been seen, for
 * only then is it known whether any has colour.
 */
final class FolderPixels {
    /**
     * What comes out.
     *
     * @param shape the shape of every image
     * @param splits [n channels height width] for each split; not copied
     */
    record Decoded(ImageShape shape, List<byte[]> splits) {}

    private final FileTree tree;
    private final int height;
    private final int width;
    private final String pattern;
    private final AtomicBoolean colour = new AtomicBoolean();

    private FolderPixels(FileTree tree, String pattern) {
        DecodedImage first = DecodedImage.decode(tree.nameOf(pattern), tree.read(pattern));
        this.tree = tree;
        this.pattern = pattern;
        this.height = first.height();
        this.width = first.width();
    }

    /** Bytes of pixels at most that are held: an array holds a split, and half of the memory is left for the rest. */
    static long most() {
        // Java's arrays end below 2 GiB.
        return Math.min(Runtime.getRuntime().maxMemory() / 2, Integer.MAX_VALUE - 64);
    }

    /** Bytes that all images of some splits need, each with so many values. */
    static long needed(List<FolderSplit> splits, long values) {
        return values * splits.stream().mapToLong(split -> split.paths().size()).sum();
    }

    /**
     * Decodes everything, on all processors; the result does not depend on their number. Images keep the first one's
     * size, which all must have, and three channels when any has colour.
     *
     * @param tree the whole folder
     * @param splits which images, at least one in the first split
     * @param most bytes of pixels that may be held
     * @return the pixels
     * @throws WorkFailure when an image cannot be decoded or has another size, or when all together need more memory
     *     than that
     */
    static Decoded decode(FileTree tree, List<FolderSplit> splits, long most) {
        FolderPixels pixels = new FolderPixels(tree, splits.getFirst().paths().getFirst());
        pixels.refuseTooMany(splits, most);
        List<byte[]> planes = splits.stream().map(pixels::planes).toList();
        boolean colour = pixels.colour.get();
        List<byte[]> channels = colour ? planes : planes.stream()
                .map(three -> FolderImages.grey(three, pixels.height * pixels.width)).toList();
        return new Decoded(new ImageShape(colour ? 3 : 1, pixels.height, pixels.width), channels);
    }

    private void refuseTooMany(List<FolderSplit> splits, long most) {
        long needed = needed(splits, 3L * height * width);
        if (needed > most) {
            throw Refusal.of(tree.origin(), "images that fit into " + most / (1 << 20) + " MiB when decoded",
                    needed(splits, 1) + " of " + height + " x " + width + " pixels, " + needed / (1 << 20) + " MiB",
                    "give Java more memory with -Xmx, or say in the study by the key image_size to how many pixels "
                            + "they are brought, so that each is decoded when it is needed");
        }
    }

    private byte[] planes(FolderSplit split) {
        int count = 3 * height * width;
        byte[] planes = new byte[split.paths().size() * count];
        IntStream.range(0, split.paths().size()).parallel().forEach(i -> {
            String path = split.paths().get(i);
            DecodedImage image = DecodedImage.decode(tree.nameOf(path), tree.read(path));
            if (image.height() != height || image.width() != width) {
                throw Refusal.of(tree.nameOf(path), "an image of " + height + " x " + width + " pixels like " + pattern,
                        image.height() + " x " + image.width(),
                        "ask for one size, in a study by the key image_size, or replace the image");
            }
            if (!image.grey()) {
                colour.set(true);
            }
            System.arraycopy(image.planes(), 0, planes, i * count, count);
        });
        return planes;
    }
}
