package org.thalweg.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.thalweg.storage.Digest;

/**
 * Pixels of files that are decoded and resized whenever they are asked for: of more images than memory holds. They are
 * told apart by the names and lengths of the files, not by their pixels, which would take hours to read.
 *
 * @param tree the folder
 * @param paths the images
 * @param shape to which they are brought, of 1 or 3 channels
 */
record FolderImages(FileTree tree, List<String> paths, ImageShape shape) implements Pixels {
    private static final byte[] DIGEST_FORMAT = "thalweg image files 1\n".getBytes(StandardCharsets.UTF_8);

    /** Takes an unmodifiable copy. */
    FolderImages {
        paths = List.copyOf(paths);
    }

    @Override
    public void copyTo(int image, float[] target, int offset) {
        String path = paths.get(image);
        byte[] planes = DecodedImage.decode(tree.nameOf(path), tree.read(path))
                .resized(shape.height(), shape.width()).planes();
        byte[] bytes = shape.channels() == 3 ? planes : FolderPixels.grey(planes, shape.height() * shape.width());
        for (int p = 0; p < bytes.length; p++) {
            target[offset + p] = (bytes[p] & 0xff) / 255f;
        }
    }

    @Override
    public Pixels chosen(int[] images) {
        return new FolderImages(tree, Arrays.stream(images).mapToObj(paths::get).toList(), shape);
    }

    @Override
    public Digest digest(byte[] header) {
        ByteArrayOutputStream files = new ByteArrayOutputStream();
        for (String path : paths) {
            files.writeBytes((path + "\n").getBytes(StandardCharsets.UTF_8));
            files.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(tree.length(path)).array());
        }
        return Digest.ofBytes(DIGEST_FORMAT, header, files.toByteArray());
    }

    @Override
    public boolean areMade() {
        return true;
    }
}
