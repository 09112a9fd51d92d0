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
     * @param splits the pixels of each split
     */
    record Decoded(ImageShape shape, List<Pixels> splits) {}

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
     * Decodes everything, on all processors; the result does not depend on their number. Images that together need more
     * memory than there is are decoded when they are asked for, if they are brought to one shape.
     *
     * @param tree the whole folder
     * @param splits which images, at least one in the first split
     * @param resize the shape to bring them to; without it they keep the first image's size, which all must have, and
     *     three channels when any has colour
     * @return the pixels
     * @throws WorkFailure when an image cannot be decoded or has another size, or when all together need more memory
     *     than there is and keep their size
     */
    static Decoded decode(FileTree tree, List<FolderSplit> splits, Optional<ImageShape> resize) {
        // One array holds a split, and Java's arrays end below 2 GiB; half of the memory is left for the rest.
        return decode(tree, splits, resize, Math.min(Runtime.getRuntime().maxMemory() / 2, Integer.MAX_VALUE - 64));
    }

    /** As {@link #decode(FileTree, List, Optional)}, with so many bytes of memory. */
    static Decoded decode(FileTree tree, List<FolderSplit> splits, Optional<ImageShape> resize, long most) {
        FolderPixels pixels = new FolderPixels(tree, splits.getFirst().paths().getFirst(), resize);
        long images = splits.stream().mapToLong(split -> split.paths().size()).sum();
        long needed = 3L * pixels.height * pixels.width * images;
        if (needed > most) {
            ImageShape shape = resize.orElseThrow(() -> pixels.tooMany(images, needed, most));
            return new Decoded(shape, splits.stream()
                    .<Pixels>map(split -> new FolderImages(tree, split.paths(), shape)).toList());
        }
        List<byte[]> planes = splits.stream().map(pixels::planes).toList();
        boolean keepColour = resize.map(shape -> shape.channels() == 3).orElse(pixels.colour.get());
        int area = pixels.height * pixels.width;
        ImageShape shape = new ImageShape(keepColour ? 3 : 1, pixels.height, pixels.width);
        return new Decoded(shape, planes.stream().<Pixels>map(all ->
                new HeldPixels(keepColour ? all : grey(all, area), shape.pixels())).toList());
    }

    private WorkFailure tooMany(long images, long needed, long most) {
        return Refusal.of(tree.origin(), "images that fit into " + most / (1 << 20) + " MiB when decoded", images
                + " of " + height + " x " + width + " pixels, " + needed / (1 << 20) + " MiB",
                "bring them to one size, in a study by the key 'image_size', so that they are decoded when needed, or "
                        + "give Java more memory with -Xmx");
    }

    private byte[] planes(FolderSplit split) {
        int count = 3 * height * width;
        byte[] planes = new byte[split.paths().size() * count];
        IntStream.range(0, split.paths().size()).parallel().forEach(i -> {
            String path = split.paths().get(i);
            DecodedImage image = DecodedImage.decode(tree.nameOf(path), tree.read(path));
            if (!resize && (image.height() != height || image.width() != width)) {
                throw Refusal.of(tree.nameOf(path), "an image of " + height + " x " + width + " pixels like " + pattern,
                        image.height() + " x " + image.width(),
                        "bring all images to one size, in a study by the key 'image_size', or replace the image");
            }
            if (!image.grey()) {
                colour.set(true);
            }
            System.arraycopy(image.resized(height, width).planes(), 0, planes, i * count, count);
        });
        return planes;
    }

    /** Luma of ITU-R BT.601 in thousandths, rounded; exact where the three planes are equal. */
    static byte[] grey(byte[] planes, int area) {
        byte[] grey = new byte[planes.length / 3];
        for (int g = 0; g < grey.length; g++) {
            int p = g / area * 3 * area + g % area;
            int luma = 299 * (planes[p] & 0xff) + 587 * (planes[p + area] & 0xff) + 114 * (planes[p + 2 * area] & 0xff);
            grey[g] = (byte) ((luma + 500) / 1000);
        }
        return grey;
    }
}
