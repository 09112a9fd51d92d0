package org.thalweg.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

/**
 * Images of a folder brought to one shape: decoded when they are asked for, or before where memory holds them all. Both
 * give the same pixels, and both are known by the same digest, so that a study goes on where it was stopped on a
 * machine with less memory.
 *
 * @param tree the whole folder
 * @param paths the file of each image
 * @param shape what every image is brought to, with 1 or 3 channels
 * @param decoded the pixels, where they are held
 */
record FolderImages(FileTree tree, List<String> paths, ImageShape shape, Optional<HeldPixels> decoded)
        implements Pixels {
    private static final byte[] FORMAT = "thalweg image set, files 1\n".getBytes(StandardCharsets.UTF_8);
    /** Luma of ITU-R BT.601 in thousandths. */
    private static final int[] LUMA = {299, 587, 114};

    /** Takes an unmodifiable copy of the list. */
    FolderImages {
        paths = List.copyOf(paths);
    }

    /** Images that are decoded when they are asked for. */
    FolderImages(FileTree tree, List<String> paths, ImageShape shape) {
        this(tree, paths, shape, Optional.empty());
    }

    /**
     * The same images, decoded now on all processors.
     *
     * @return images that are held
     * @throws WorkFailure when one cannot be decoded
     */
    FolderImages held() {
        int count = shape.pixels();
        byte[] pixels = new byte[paths.size() * count];
        IntStream.range(0, paths.size()).parallel()
                .forEach(i -> System.arraycopy(decode(i), 0, pixels, i * count, count));
        return new FolderImages(tree, paths, shape, Optional.of(new HeldPixels(shape, pixels)));
    }

    private byte[] decode(int i) {
        String path = paths.get(i);
        byte[] planes = DecodedImage.decode(tree.nameOf(path), tree.read(path))
                .resized(shape.height(), shape.width()).planes();
        return shape.channels() == 3 ? planes : grey(planes, shape.height() * shape.width());
    }

    /**
     * Images without colour, rounded; exact where the three planes of an image are equal.
     *
     * @param planes [n 3 area] unsigned bytes; not changed
     * @param area pixels of an image
     * @return [n area] unsigned bytes
     */
    static byte[] grey(byte[] planes, int area) {
        byte[] grey = new byte[planes.length / 3];
        for (int g = 0; g < grey.length; g++) {
            int p = g / area * 3 * area + g % area;
            int luma = LUMA[0] * (planes[p] & 0xff) + LUMA[1] * (planes[p + area] & 0xff)
                    + LUMA[2] * (planes[p + 2 * area] & 0xff);
            grey[g] = (byte) ((luma + 500) / 1000);
        }
        return grey;
    }

    @Override
    public int size() {
        return paths.size();
    }

    @Override
    public void copy(int i, float[] target, int offset) {
        if (decoded.isPresent()) {
            decoded.get().copy(i, target, offset);
        } else {
            new HeldPixels(shape, decode(i)).copy(0, target, offset);
        }
    }

    @Override
    public FolderImages select(int[] chosen) {
        return new FolderImages(tree, Arrays.stream(chosen).mapToObj(paths::get).toList(), shape,
                decoded.map(held -> held.select(chosen)));
    }

    @Override
    public boolean areMadeWhenAsked() {
        return true;
    }

    /**
     * Of a format line, the header, and the path and the length in bytes of each file, in order. Decoding millions of
     * images for it would take hours; a file that is replaced by another of the same length is not noticed.
     */
    @Override
    public Digest digest(int classes, int[] labels) {
        List<byte[]> parts = new ArrayList<>(List.of(FORMAT, header(classes, labels)));
        for (String path : paths) {
            parts.add((path + "\0" + tree.length(path) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Digest.ofBytes(parts.toArray(byte[][]::new));
    }
}
