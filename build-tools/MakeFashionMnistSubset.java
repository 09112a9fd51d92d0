import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the Fashion-MNIST subset that comes with Thalweg from the full data set, and checks both ends by checksum.
 *
 * <p>Run from the project's root, with the files of Debian's package {@code dataset-fashion-mnist}:
 * {@code java build-tools/MakeFashionMnistSubset.java /usr/share/datasets/fashion-mnist
 * lab/src/main/resources/org/thalweg/data/fashion-mnist-subset}
 *
 * <p>The rule: the first 1,000 training and the first 200 test images of each class, in file order. The packed bytes
 * depend on the platform's zlib; the unpacked content, whose SHA-256 is printed, does not.
 */
public final class MakeFashionMnistSubset {
    private static final int CLASSES = 10;
    private static final int IMAGE_HEADER = 16;
    private static final int LABEL_HEADER = 8;
    private static final int PIXELS = 28 * 28;

    private MakeFashionMnistSubset() {}

    /**
     * Makes the four files.
     *
     * @param args the directory of the full data set, then the directory to write into
     * @throws Exception when a file cannot be read or written, or a checksum differs
     */
    public static void main(String[] args) throws Exception {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]);
        Files.createDirectories(to);
        make(unpack(from, "train-images-idx3-ubyte.gz", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
                unpack(from, "train-labels-idx1-ubyte.gz", "9018921c3c673c538a1fc5bad174d6f9"), 1000,
                to.resolve("train"));
        make(unpack(from, "t10k-images-idx3-ubyte.gz", "8181f5470baa50b63fa0f6fddb340f0a"),
                unpack(from, "t10k-labels-idx1-ubyte.gz", "15d484375f8d13e6eb1aabb0c3f46965"), 200,
                to.resolve("t10k"));
    }

    private static byte[] unpack(Path directory, String file, String md5) throws Exception {
        byte[] content;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve(file)))) {
            content = in.readAllBytes();
        }
        String found = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        if (!found.equals(md5)) {
            throw new IOException(file + ": expected the published MD5 " + md5 + " of the unpacked content, found "
                    + found);
        }
        return content;
    }

    private static void make(byte[] images, byte[] labels, int perClass, Path prefix) throws Exception {
        ByteArrayOutputStream imageBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream labelBytes = new ByteArrayOutputStream();
        DataOutputStream imageOut = new DataOutputStream(imageBytes);
        DataOutputStream labelOut = new DataOutputStream(labelBytes);
        for (int value : new int[] {0x803, perClass * CLASSES, 28, 28}) {
            imageOut.writeInt(value);
        }
        for (int value : new int[] {0x801, perClass * CLASSES}) {
            labelOut.writeInt(value);
        }
        int[] taken = new int[CLASSES];
        for (int i = 0; i < labels.length - LABEL_HEADER; i++) {
            int label = labels[LABEL_HEADER + i];
            if (taken[label] < perClass) {
                taken[label]++;
                labelOut.write(label);
                imageOut.write(images, IMAGE_HEADER + i * PIXELS, PIXELS);
            }
        }
        pack(imageBytes.toByteArray(), prefix.resolveSibling(prefix.getFileName() + "-images-idx3-ubyte.gz"));
        pack(labelBytes.toByteArray(), prefix.resolveSibling(prefix.getFileName() + "-labels-idx1-ubyte.gz"));
    }

    private static void pack(byte[] content, Path file) throws Exception {
        // The subclass is the only way to the compression level; Java's gzip header carries no time.
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file)) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            out.write(content);
        }
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        System.out.println(sum + "  " + file.getFileName() + " unpacked, " + content.length + " bytes, packed "
                + Files.size(file));
    }
}
