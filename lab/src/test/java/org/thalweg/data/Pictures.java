package org.thalweg.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** Small pictures for tests. */
final class Pictures {
    private Pictures() {}

    /** A PNG in one colour, {@code 0xRRGGBB}. */
    static byte[] colour(int height, int width, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < height * width; p++) {
            image.setRGB(p % width, p / width, rgb);
        }
        return encode(image, "png");
    }

    /** A grey PNG or JPEG of one value. */
    static byte[] grey(int height, int width, int value, String format) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int p = 0; p < height * width; p++) {
            image.getRaster().setSample(p % width, p / width, 0, value);
        }
        return encode(image, format);
    }

    static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IOException("no encoder for " + format);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return out.toByteArray();
    }

    /** Two classes with two training pictures and one test picture each, 2 x 3 in colour. */
    static Map<String, byte[]> twoClasses() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/cat/1.png", colour(2, 3, 0x102030));
        files.put("train/cat/2.png", colour(2, 3, 0x112131));
        files.put("train/dog/1.PNG", colour(2, 3, 0x405060));
        files.put("train/dog/2.png", colour(2, 3, 0x415161));
        files.put("test/cat/1.png", colour(2, 3, 0x708090));
        files.put("test/dog/1.png", colour(2, 3, 0xa0b0c0));
        return files;
    }

    static void write(Path root, Map<String, byte[]> files) {
        files.forEach((path, content) -> {
            try {
                Files.createDirectories(root.resolve(path).getParent());
                Files.write(root.resolve(path), content);
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        });
    }
}
