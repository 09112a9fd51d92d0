package org.thalweg.data;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;

/**
 * Decodes the images of a folder. Every image is kept as three planes until all have been seen, for only then is it
 * known whether any has colour.
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
    private final boolean resize;
    private final int height;
    private final int width;
    private final String pattern;
    private final AtomicBoolean colour = new AtomicBoolean();

    private FolderPixels(FileTree tree, String pattern, Optional<ImageShape> resize) {
        DecodedImage first = DecodedImage.decode(tree.nameOf(pattern), tree.read(pattern));
        this.tree = tree;
        this.pattern = pattern;
        this.resize = resize.isPresent();
        this.height = resize.map(ImageShape::height).orElse(first.height());
        this.width = resize.map(ImageShape::width).orElse(first.width());
    }

    /**
     * Decodes everything, on all processors; the result does not depend on their number.
     *
     * @param tree the whole folder
     * @param splits which images, at least one in the first split
     * @param resize the shape to bring them to; without it they keep the first image's size, which all must have, and
     *     three channels when any has colour
     * @return the pixels
     * @throws WorkFailure when an image cannot be decoded or has another size, or when all together need more memory
     *     than there is
     */
    static Decoded decode(FileTree tree, List<FolderSplit> splits, Optional<ImageShape> resize) {
        FolderPixels pixels = new FolderPixels(tree, splits.getFirst().paths().getFirst(), resize);
        pixels.refuseTooMany(splits);
        List<byte[]> planes = splits.stream().map(pixels::planes).toList();
        boolean keepColour = resize.map(shape -> shape.channels() == 3).orElse(pixels.colour.get());
        List<byte[]> channels = keepColour ? planes : planes.stream().map(pixels::grey).toList();
        return new Decoded(new ImageShape(keepColour ? 3 : 1, pixels.height, pixels.width), channels);
    }

    private void refuseTooMany(List<FolderSplit> splits) {
        // One array holds a split, and Java's arrays end below 2 GiB; half of the memory is left for the rest.
        long most = Math.min(Runtime.getRuntime().maxMemory() / 2, Integer.MAX_VALUE - 64);
        long images = splits.stream().mapToLong(split -> split.paths().size()).sum();
        long needed = 3L * height * width * images;
        if (needed > most) {
            throw Refusal.of(tree.origin(), "images that fit into " + most / (1 << 20) + " MiB when decoded", images
                    + " of " + height + " x " + width + " pixels, " + needed / (1 << 20) + " MiB",
                    "ask for a smaller size or give Java more memory with -Xmx");
        }
    }

    private byte[] planes(FolderSplit split) {
        int count = 3 * height * width;
        byte[] planes = new byte[split.paths().size() * count];
        IntStream.range(0, split.paths().size()).parallel().forEach(i -> {
            String path = split.paths().get(i);
            DecodedImage image = DecodedImage.decode(tree.nameOf(path), tree.read(path));
            if (!resize && (image.height() != height || image.width() != width)) {
                throw Refusal.of(tree.nameOf(path), "an image of " + height + " x " + width + " pixels like " + pattern,
                        image.height() + " x " + image.width(), "ask for one size or replace the image");
            }
            if (!image.grey()) {
                colour.set(true);
            }
            System.arraycopy(image.resized(height, width).planes(), 0, planes, i * count, count);
        });
        return planes;
    }

    /** Luma of ITU-R BT.601 in thousandths, rounded; exact where the three planes are equal. */
    private byte[] grey(byte[] planes) {
        int area = height * width;
        byte[] grey = new byte[planes.length / 3];
        for (int g = 0; g < grey.length; g++) {
            int p = g / area * 3 * area + g % area;
            int luma = 299 * (planes[p] & 0xff) + 587 * (planes[p + area] & 0xff) + 114 * (planes[p + 2 * area] & 0xff);
            grey[g] = (byte) ((luma + 500) / 1000);
        }
        return grey;
    }
}
